using System.Diagnostics;
using System.Net;
using System.Text;
using Hfmc.Daemon.Tests.Fuzz;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>A file that goes out while it comes in.</summary>
public sealed class StreamingTests : ResolveTest
{
    [Fact]
    public async Task The_first_bytes_leave_while_the_upstream_still_sends()
    {
        var hang = new Fault(FaultKind.HangAfter, 300_000) { Side = HubSide.Cdn };
        Upstream.Faults.Add(hang);
        using var answer = await OpenAsync(Big);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);

        var bytes = new byte[200_000];
        await body.ReadExactlyAsync(bytes, Cancelled);

        Assert.Equal(Weights.ToArray(0, bytes.Length), bytes);
        Upstream.Faults.Clear();
        hang.Release();
        var rest = new MemoryStream();
        await body.CopyToAsync(rest, Cancelled);
        Assert.Equal(Weights.ToArray(bytes.Length, Size - bytes.Length), rest.ToArray());
    }

    [Fact]
    public async Task Headers_leave_although_no_byte_has_come()
    {
        var hang = new Fault(FaultKind.HangAfter, 0) { Side = HubSide.Cdn };
        Upstream.Faults.Add(hang);

        using var answer = await OpenAsync(Big);

        Assert.Equal((HttpStatusCode.OK, (long?)Size), (answer.StatusCode, answer.Content.Headers.ContentLength));
        Upstream.Faults.Clear();
        hang.Release();
        Assert.Equal(Weights.ToArray(), await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task A_hundred_clients_cost_the_upstream_one_copy()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => GetAsync(Big)));

        var content = Weights.ToArray();
        Assert.All(answers, answer => Assert.True(content.AsSpan().SequenceEqual(answer.Body)));
        await Upstream.WaitAsync(hub => hub.BytesServed(Weights.Sha256) >= Size, Cancelled);
        Assert.InRange(Upstream.BytesServed(Weights.Sha256), Size, Size + (2 << 20));
    }

    [Fact]
    public async Task An_answer_with_wrong_bytes_is_cut_and_going_on_from_there_begins_anew()
    {
        Upstream.Faults.Add(new Fault(FaultKind.FlippedBit, 1000) { Side = HubSide.Cdn });
        long got = 0;
        using (var answer = await OpenAsync(Big))
        {
            await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                for (var buffer = new byte[64 << 10]; await body.ReadAsync(buffer, Cancelled) is > 0 and var read;)
                    got += read;
            });
        }
        Assert.InRange(got, 1, Size - (64 << 10));
        Upstream.Faults.Clear();

        var again = await GetAgainAsync(got);

        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(Weights.ToArray(), again.Body);
    }

    [Fact]
    public async Task Nobody_who_can_give_it_is_no_server_error()
    {
        await HeadAsync(Big);
        Upstream.Faults.Add(new Fault(FaultKind.ExpiredLink) { Side = HubSide.Cdn });
        await Upstream.StopAsync();

        using var answer = await OpenAsync("/acme/big/resolve/main/config.json");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("RepoNotFound", answer.Headers.GetValues("X-Error-Code").Single());
    }

    [Fact]
    public async Task A_restricted_file_that_one_caller_brought_here_is_not_shown_to_another()
    {
        Upstream.AddUser("hf_other", "other");
        Repo.Private = true;
        Repo.Allow("hf_member");

        var member = await GetAsync(Big, ("Authorization", "Bearer hf_member"));
        await KeptAsync();
        var (other, stranger) = (await GetAsync(Big, ("Authorization", "Bearer hf_other")), await GetAsync(Big));

        Assert.Equal(Weights.ToArray(), member.Body);
        Assert.Equal((HttpStatusCode.NotFound, "RepoNotFound"), (other.Status, other["X-Error-Code"]));
        Assert.Equal((HttpStatusCode.Unauthorized, "RepoNotFound"), (stranger.Status, stranger["X-Error-Code"]));
    }

    [Theory]
    [InlineData("/acme/odd/resolve/main/a%2Bb%23.bin")]
    [InlineData("/acme/odd/resolve/main/a+b%23.bin")]
    [InlineData("/acme/odd/resolve/main/sub%20dir/%C3%A4%20100%25.txt")]
    [InlineData("/acme/odd/resolve/main/sub%20dir%2F%C3%A4%20100%25.txt")]
    [InlineData("/acme/odd/resolve/refs%2Fpr%2F1/a%2Bb%23.bin")]
    [InlineData("/acme/odd/resolve/refs/pr/1/a%2Bb%23.bin")]
    [InlineData("/acme/odd/resolve/main/a%2Bb%23.bin?download=true")]
    public async Task Names_are_found_however_they_are_encoded(string target)
    {
        var files = new Dictionary<string, FileContent> { ["a+b#.bin"] = BytesContent.Of("odd"), ["sub dir/ä 100%.txt"] = BytesContent.Of("odd") };
        var repo = Upstream.Add("acme/odd");
        repo.PullRequest(1, repo.Commit(files));

        var answer = await RawAnswer.AskAsync(
            Daemon.Http.BaseAddress!.Port, Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), AfterSending.Read, Cancelled);

        Assert.Equal((200, "odd"), (answer.Status, Encoding.UTF8.GetString(answer.Body)));
    }

    [Theory]
    [InlineData("/acme/big/resolve/main/..%2f..%2fconfig.json")]
    [InlineData("/acme/big/resolve/main/%2e%2e%2fconfig.json")]
    [InlineData("/acme/big/resolve/..%2f..%2f/config.json")]
    [InlineData("/acme/big/resolve/main//config.json")]
    public async Task Names_that_lead_elsewhere_are_not_found(string target)
    {
        var answer = await RawAnswer.AskAsync(
            Daemon.Http.BaseAddress!.Port, Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), AfterSending.Read, Cancelled);

        Assert.Equal(404, answer.Status);
    }

    [Fact]
    public async Task Curl_resumes_a_download_that_was_cut()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "there is no curl here; the same requests are made without it in other tests");
        using var place = new TempFolder();
        var file = Path.Combine(place.Path, "model.bin");
        await File.WriteAllBytesAsync(file, Weights.ToArray(0, 2_000_000), Cancelled);

        using var curl = Process.Start(new ProcessStartInfo("/usr/bin/curl", ["-sSfL", "--noproxy", "*", "-C", "-", "-o", file, $"{Daemon.Http.BaseAddress!.AbsoluteUri.TrimEnd('/')}{Big}"]))!;
        await curl.WaitForExitAsync(Cancelled);

        Assert.Equal(0, curl.ExitCode);
        Assert.Equal(Weights.ToArray(), await File.ReadAllBytesAsync(file, Cancelled));
    }

    // A request that was on its way when the upstream mended may still bring the wrong byte: clients try more than once.
    async Task<Sent> GetAgainAsync(long from)
    {
        for (var left = 5; ; left--)
            try
            {
                return await GetAsync(Big, ("Range", $"bytes={from}-"));
            }
            catch (HttpRequestException) when (left > 0)
            {
            }
    }

    Task<HttpResponseMessage> OpenAsync(string target) => Daemon.Http.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, Cancelled);
}
