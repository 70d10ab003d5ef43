using System.Net;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>What was answered a moment ago is answered again without a look, to those who may have it.</summary>
public sealed class WarmFilesTests : ResolveTest
{
    const string Target = "/acme/big/resolve/main/config.json";

    static readonly RepoFile s_file = new(FilePath.Parse("config.json"), new(BytesContent.Of("{}").GitSha1, 2), null);

    static readonly (string, FileContent) s_content = ("config.json", BytesContent.Of("{}"));

    readonly ManualTime _time = new();

    [Fact]
    public async Task A_file_that_is_removed_the_next_moment_is_fetched_again()
    {
        await GetAsync(Big);
        await KeptAsync();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(Big)).Status);
        Directory.Delete(Daemon.Cache.Repo(Repo.Id).Root, recursive: true);

        Assert.Equal(Weights.ToArray(), (await GetAsync(Big)).Body);
    }

    [Fact]
    public async Task It_is_good_for_a_second_and_for_strangers_only()
    {
        Daemon.Record("acme/big", Commit, isPublic: true, s_content);
        var (warm, path) = (new WarmFiles(new(Daemon.Cache), _time), await FileAsync("{}"));
        warm.Note(Question(), Target, View(), Revision.Main, s_file, path);

        Assert.Equal("{}"u8.ToArray(), warm.Find(Question(), Target)?.Bytes);
        Assert.NotNull(warm.Find(Question(method: "HEAD"), Target));
        Assert.Null(warm.Find(Question(method: "POST"), Target));
        Assert.Null(warm.Find(Question("Bearer hf_of_somebody"), Target));
        Assert.Null(warm.Find(Question(), Target + "?download=true"));
        _time.Advance(WarmFiles.Good);
        Assert.Null(warm.Find(Question(), Target));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "Bearer hf_of_somebody")]
    public async Task What_is_not_for_everybody_is_not_kept(bool isPublic, string? authorization)
    {
        Daemon.Record("acme/big", Commit, isPublic, s_content);
        var warm = new WarmFiles(new(Daemon.Cache), _time);
        warm.Note(Question(authorization), Target, View(), Revision.Main, s_file, await FileAsync("{}"));

        Assert.Null(warm.Find(Question(), Target));
    }

    [Fact]
    public async Task It_ends_when_a_record_changes()
    {
        Daemon.Record("acme/big", Commit, isPublic: true, s_content);
        var warm = new WarmFiles(new(Daemon.Cache), _time);
        warm.Note(Question(), Target, View(), Revision.Main, s_file, await FileAsync("{}"));
        Assert.NotNull(warm.Find(Question(), Target));

        Daemon.Record("acme/big", Commit, isPublic: false, s_content);
        _time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Null(warm.Find(Question(), Target));
    }

    [Fact]
    public async Task A_file_of_another_length_is_not_kept_in_memory()
    {
        Daemon.Record("acme/big", Commit, isPublic: true, s_content);
        var warm = new WarmFiles(new(Daemon.Cache), _time);
        warm.Note(Question(), Target, View(), Revision.Main, s_file, await FileAsync("{ }"));

        Assert.Null(warm.Find(Question(), Target)!.Bytes);
    }

    RepoView View() =>
        new(new(new(Repo.Id, Commit, [s_file]), IsPublic: true, ListingOrigin.Cache, []), new(null, IsLocal: true), null);

    async Task<string> FileAsync(string text)
    {
        var path = Path.Combine(Daemon.Cache.Root, "a-file");
        await File.WriteAllTextAsync(path, text, Cancelled);
        return path;
    }

    static HttpRequest Question(string? authorization = null, string method = "GET")
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        if (authorization is not null)
            request.Headers.Authorization = authorization;
        return request;
    }
}
