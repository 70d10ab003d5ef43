using System.Globalization;
using Hfmc.HubBench;

return args switch
{
    ["rate", var url, var rate, var seconds] => await FixedRate.RunAsync(new(url), Number(rate), TimeSpan.FromSeconds(Number(seconds))),
    ["first", .. var urls] => await FirstByte.RunAsync(urls),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("""
        hub-bench rate URL REQUESTS_PER_SECOND SECONDS   HEAD requests at a fixed rate; prints requests, errors, and p50 p99 max in milliseconds
        hub-bench first URL...                           of each the milliseconds from the request to the first byte of the body
        """);
    return 2;
}
