using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class CacheVerifyTests : IDisposable
{
    static readonly CommitId A = Commit('a'), B = Commit('b');

    readonly CacheFixture _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Both_kinds_of_digest_are_good_when_they_agree()
    {
        _cache.Add(A, "large", "weights");
        _cache.Writer.Link(A, At("small"), _cache.PutBlob("{}", GitSha1Of("{}")));

        Assert.Equal([VerifyResult.Good, VerifyResult.Good], (await Verify()).Select(file => file.Result));
    }

    [Fact]
    public async Task A_blob_of_the_right_size_with_wrong_bytes_is_told_with_both_digests()
    {
        _cache.Add(A, "a", "weights");
        _cache.PutBlob("weightS", Sha256Of("weights"));

        Assert.Equal(new(Repo, A, At("a"), VerifyResult.Wrong, Sha256Of("weights"), Sha256Of("weightS"), 7), Assert.Single(await Verify()));
    }

    [Fact]
    public async Task A_blob_that_is_named_by_a_xet_hash_is_good_when_the_list_knows_its_sha256()
    {
        var xet = Sha256Of("some Xet hash");
        _cache.Writer.Link(A, At("a"), _cache.PutBlob("weights", xet));
        Assert.Equal(VerifyResult.Wrong, Assert.Single(await Verify()).Result);

        _cache.PutTree(A, Listed("a", "weights"));
        Assert.Equal(VerifyResult.Good, Assert.Single(await Verify()).Result);
    }

    [Fact]
    public async Task A_link_to_the_wrong_blob_is_wrong()
    {
        _cache.Add(A, "a", "other");
        _cache.PutTree(A, Listed("a", "weights"));

        Assert.Equal(VerifyResult.Wrong, Assert.Single(await Verify()).Result);
    }

    [Fact]
    public async Task A_regular_file_is_compared_with_the_record_and_unknown_without()
    {
        var entry = _cache.Add(A, "a", "x");
        File.Delete(entry);
        File.WriteAllText(entry, "x");
        Assert.Equal(VerifyResult.Unknown, Assert.Single(await Verify()).Result);

        _cache.PutRecord(A, new RecordedFile(Listed("a", "x"), Ours: true));
        Assert.Equal(VerifyResult.Good, Assert.Single(await Verify()).Result);
    }

    [Fact]
    public async Task Broken_links_and_our_vanished_files_are_missing_and_what_was_never_fetched_is_not()
    {
        _cache.Add(A, "here", "x");
        _cache.Add(A, "broken", "y");
        File.Delete(_cache.Folder.BlobFile(Sha256Of("y")));
        _cache.PutRecord(A, new(Listed("broken", "y"), Ours: false), new(Listed("gone", "z"), Ours: true), new(Listed("never", "n"), Ours: false));

        var missing = (await Verify()).Where(file => file.Result is VerifyResult.Missing);

        Assert.Equal([("broken", Sha256Of("y")), ("gone", Sha256Of("z"))], missing.Select(file => (file.Path.Text, file.Expected!.Value)));
    }

    [Fact]
    public async Task A_shared_blob_is_read_once_and_progress_tells_its_bytes()
    {
        var content = new string('w', (2 << 20) + 5);
        _cache.Add(A, "a", content);
        _cache.Add(B, "b", content);
        var steps = new Steps();

        Assert.Equal(2, (await Verify(progress: steps)).Count);
        Assert.Equal([1 << 20, 1 << 20, 5], steps.Bytes);
    }

    [Fact]
    public async Task Only_the_revision_that_was_asked_for_is_read()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(B, "b", "y");

        Assert.Equal(A, Assert.Single(await Verify(Revision.Main)).Commit);
        await Assert.ThrowsAsync<NotFoundException>(() => Verify(Revision.Parse("dev")));
    }

    [Fact]
    public async Task Verifying_can_be_cancelled()
    {
        _cache.Add(A, "a", "x");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in new CacheVerify(_cache.Cache, _cache.Records).RunAsync(null, null, null, new(canceled: true)))
            {
            }
        });
    }

    [Fact]
    public void A_git_digest_covers_the_size()
    {
        // The empty blob's id is known to everybody who uses git.
        var empty = Path.Combine(_cache.Outside, "empty");
        File.WriteAllBytes(empty, []);

        Assert.Equal("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", FileDigest.Compute(empty, DigestKind.GitSha1, 0, null, CancellationToken.None).Text);
    }

    async Task<List<VerifiedFile>> Verify(Revision? revision = null, IProgress<long>? progress = null) =>
        await new CacheVerify(_cache.Cache, _cache.Records).RunAsync(Repo, revision, progress, CancellationToken.None).ToListAsync();

    sealed class Steps : IProgress<long>
    {
        public List<long> Bytes { get; } = [];

        public void Report(long value) => Bytes.Add(value);
    }
}
