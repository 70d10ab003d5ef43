using System.Runtime.InteropServices;
using System.Text.Json;
using Hfmc.Core.Repos;
using Hfmc.FakeHubHost;
using Hfmc.Testing;

Arguments said;
try
{
    said = Arguments.Parse(args);
}
catch (FormatException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}\n\n{Arguments.Usage}");
    return 2;
}

await using var hub = await FakeHub.StartAsync(new()
{
    Style = said.Style is "direct" ? HubStyle.Direct : HubStyle.Official,
    BytesPerSecond = said.BytesPerSecond,
    BytesPerSecondEach = said.BytesPerSecondEach,
    Latency = said.Latency,
    Lacks = said.Lacks,
    LacksWith = said.LacksWith,
    WithXet = said.Xet,
    Address = said.Bind,
    Port = said.Port,
    CdnPort = said.CdnPort,
});

foreach (var fault in said.Faults)
    hub.Faults.Add(fault);
var repo = hub.Add(said.Repo, RepoTypes.TryParse(said.Type, out var type) ? type : RepoType.Model);
(repo.Gated, repo.Private) = (said.Gated, said.Private);
if (said.Token is { } token)
    repo.Allow(token);
var commit = repo.Commit(Content(said));
if (said.WarmUp is { } warmUp)
    hub.Add(warmUp).Commit(WarmUp());

Console.WriteLine(JsonSerializer.Serialize(new
{
    endpoint = Address(hub.Endpoint),
    cdn = Address(hub.CdnEndpoint),
    repo = repo.Id.ToString(),
    commit = commit.Text,
    files = repo.Find(commit.Text)!.Files.Select(file => new { path = file.Name, size = file.Size, etag = file.ETag.Text }),
}));

var stopped = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
_ = ReportOnDemandAsync();
await stopped.Task;

Report();
return 0;

async Task ReportOnDemandAsync()
{
    while (await Console.In.ReadLineAsync() is not null)
        Report();
}

void Report() => Console.WriteLine(JsonSerializer.Serialize(new
{
    served = hub.Served.ToDictionary(pair => pair.Key.Text, pair => pair.Value),
    total = hub.BytesServed(),
    requests = hub.Requests.Count,
    connections = hub.Connections(),
}));

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}

static Dictionary<string, FileContent> WarmUp()
{
    var files = new Dictionary<string, FileContent>(StringComparer.Ordinal) { ["model.safetensors"] = new PatternContent(8 << 20, seed: 2_000_000) };
    for (var number = 1; number <= 50; number++)
        files[$"small-{number:D5}.bin"] = new PatternContent(10_000, seed: 2_000_000 + number);
    return files;
}

static string Address(Uri endpoint) => endpoint.AbsoluteUri.TrimEnd('/');

static Dictionary<string, FileContent> Content(Arguments said)
{
    var files = new Dictionary<string, FileContent>(StringComparer.Ordinal) { ["config.json"] = BytesContent.Of("""{"model_type":"fake"}""") };
    if (said.Size is { } size)
        files["model.safetensors"] = new PatternContent(size);
    for (var number = 1; number <= said.Files; number++)
        files[$"shard-{number:D5}-of-{said.Files:D5}.safetensors"] = new PatternContent(said.FileSize, seed: 1 + number);
    for (var number = 1; number <= said.Small; number++)
        files[$"small-{number:D5}.bin"] = new PatternContent(10_000, seed: 1_000_000 + number);
    foreach (var name in said.OddNames ? (string[])["at 12:30.txt", "a|b.txt", @"back\slash.txt", "line\nend.txt", "../outside.txt"] : [])
        files[name] = BytesContent.Of(name);
    return files;
}
