using System.Text;
using System.Text.Json;
using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>Parsers of what a stranger, another program or a broken disk may have written: they take it or refuse it as documented, and take no memory that it is not worth.</summary>
public sealed class ParserFuzzTests : IDisposable
{
    const string Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Commit = "0123456789abcdef0123456789abcdef01234567";

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Config_json_is_read_or_its_fault_named()
    {
        var file = _folder.File("config.json");
        Json("config", ["""{ "port": 9191, "bind": ["192.168.1.20"], "sources": ["https://a.example", "https://b.example:8443/x"], "token-hosts": ["c.example"], "peers": false, "allow": ["192.168.0.0/16", "fd00::/8"], "deny": ["192.168.1.66"], "limit.up": "50MB/s", "hub.open": "lan", "hub.xet": "on" /* a comment */, }"""], text =>
        {
            File.WriteAllBytes(file, text);
            Refusing<InputException>(() =>
            {
                var said = new ConfigFile(file).Read();
                foreach (var key in SettingKeys.All)
                    if (said[key] is { } words)
                        key.Normalise(words, new(new Dictionary<string, string> { ["HOME"] = _folder.Path }));
            });
        });
    }

    [Fact]
    public void Networks_are_read_or_refused_and_never_the_whole_internet() => Text("networks", ["192.168.1.0/24", "10.0.0.0/8", "fd00::/8", "2001:db8::/32", "127.0.0.1", "0.0.0.0/0", "::/0", "::ffff:0:0/96"], word => Refusing<FormatException>(() =>
    {
        foreach (var network in NetworkWords.Allowed([word]))
        {
            Assert.Equal([network], NetworkWords.Allowed(NetworkWords.Show([network])));
            Assert.InRange(network.PrefixLength, network.BaseAddress.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork ? 8 : 7, 128);
        }
    }));

    [Fact]
    public void A_journal_never_names_what_the_blob_cannot_have()
    {
        const long Size = 100_000;
        var file = _folder.File("blob.journal");
        using (var journal = RangeJournal.Open(file, Size))
            foreach (var start in (long[])[0, 20_000, 90_000])
                journal.Append(new(start, start + 10_000), 7, isVouched: start > 0);
        FuzzRun.Run("journal", [File.ReadAllBytes(file), []], ChangeAndSeal, bytes =>
        {
            File.WriteAllBytes(file, bytes);
            using var journal = RangeJournal.Open(file, Size);
            Assert.All(journal.Recovered, entry => Assert.True(entry.Range is { Start: >= 0, IsEmpty: false, End: <= Size }));
        });
    }

    [Fact]
    public void A_record_or_a_tree_is_read_in_whole_or_counts_as_absent()
    {
        var cache = CacheFolder.Open(_folder.Folder("cache"), mayCreate: true);
        cache.EnsureCreated();
        var (records, repo, commit) = (new RepoRecords(cache), RepoId.Parse("acme/tiny"), CommitOf(Commit));
        records.Write(new(repo, commit, [new(new(FilePath.Parse("a/model.bin"), new(ETagOf(Digest), 5), Digest), Ours: true)], DateTimeOffset.UnixEpoch, RepoOrigin.Hfmc, DateTimeOffset.UnixEpoch) { Info = """{"id":"acme/tiny"}""" });
        var file = Directory.GetFiles(cache.StateFolder, "*.json", SearchOption.AllDirectories).Single();
        Json("record", [Encoding.UTF8.GetString(File.ReadAllBytes(file))], text =>
        {
            File.WriteAllBytes(file, text);
            if (records.Read(repo, commit) is { } record)
                Assert.All(record.Files, one => Assert.True(one.File.Size >= 0 && one.File.ETag.Text.Length is 40 or 64));
        });
        Json("tree", [$$$"""{"files":{"a/model.bin":{"blob_id":"{{{Commit}}}","lfs_sha256":"{{{Digest}}}","lfs_size":5,"size":5,"xet_hash":null}},"format_version":1}"""], text =>
        {
            File.WriteAllBytes(file, text);
            Assert.All(TreeListing.Read(file) ?? [], one => Assert.True(one.Size >= 0));
        });
    }

    [Fact]
    public void The_book_of_peers_is_read_or_its_fault_named()
    {
        var home = HomePaths.From(new(new Dictionary<string, string> { ["HOME"] = _folder.Path, ["HFMC_MACHINE_ID"] = "here" }));
        new PeerBook(home).Add(PeerAddress.Parse("192.168.1.7:9091"));
        var file = Path.Combine(home.NodeFolder, "peers.json");
        Json("peers", ["""["192.168.1.7:9090", "[fe80::1]:9", "host.local"]"""], text =>
        {
            File.WriteAllBytes(file, text);
            Refusing<InputException>(() => Assert.All(new PeerBook(home).Read(), peer => Assert.InRange(peer.Port, 1, 65535)));
        });
    }

    [Fact]
    public void Stored_tokens_are_read_and_written_again_without_a_loss_of_lines() =>
        Text("stored tokens", ["[mine]\nhf_token = hf_abcdefghij\nrefresh_token = x\n\n[other]\nhf_token: hf_klmnopqrst\n# a comment\n"], text => Refusing<InputException>(() =>
        {
            var stored = StoredTokens.Parse(text).ToString();
            Assert.Equal(stored, StoredTokens.Parse(stored).ToString());
        }));

    [Fact]
    public void A_chunk_list_in_any_parts_is_what_it_is_in_one() => FuzzRun.Run("chunk list", [PeerAnswers.Chunks.ToBytes()], Mutation.Of, bytes =>
    {
        var (whole, parts) = (ChunkList.Read(bytes, PeerAnswers.Size), new ChunkListReader(PeerAnswers.Size));
        var at = 0;
        for (var step = 1; at < bytes.Length && parts.Take(bytes.AsSpan(at, Math.Min(step, bytes.Length - at))); step = (step * 3 % 101) + 1)
            at += Math.Min(step, bytes.Length - at);
        Assert.Equal(whole?.FileId, at < bytes.Length ? null : parts.Finish()?.FileId);
    });

    [Fact]
    public void Entries_of_a_list_are_chunks_or_nothing() => FuzzRun.Run("chunk entries", [PeerAnswers.Chunks.ToBytes()[20..^4]], Mutation.Of, bytes =>
        Assert.All(ChunkList.ReadEntries(bytes) ?? [], chunk => Assert.InRange(chunk.Length, 1, ChunkCutter.Longest)));

    [Fact]
    public void A_frame_of_a_bundle_is_small_or_none() => FuzzRun.Run("bundle frame", [TestPeer.WriteFrame(PeerAnswers.Blob.ETag, [1, 2, 3])[..^3]], Mutation.Of, bytes =>
    {
        if (bytes.Length > 0 && BundleFrame.LengthOfHead(bytes[0]) is { } length && bytes.Length >= length && BundleFrame.Read(new(bytes.AsMemory(0, length))) is { } frame)
            Assert.InRange(frame.Length, 0, PeerProtocol.LargestBundled);
    });

    // Each pattern becomes a machine, and a hundred letters can make a large one.
    [Fact]
    public void Git_attributes_never_stop_an_import() => Text("gitattributes", ["*.bin filter=lfs diff=lfs merge=lfs -text\n**/a[b-d]/*.safetensors filter=lfs\n\"quo ted\" -filter\n!x\n"], text =>
        _ = LfsRules.Parse(text).KindOf(FilePath.Parse("a/b/model.bin"), 5, "head"u8), allocatedAtLeast: 64 << 20);

    [Fact]
    public void Names_are_safe_or_refused() => Text("names", ["onnx/model.onnx", "../x", "a/b/c.txt", "datasets/acme/tiny", "acme/tiny", "refs/pr/1", "main", Commit, Digest, $"\"{Digest}\"", $"W/\"{Commit}\"", "https://huggingface.co/acme/tiny/tree/main", "models--acme--tiny", "192.168.1.7:9090", "50MB/s"], text =>
    {
        if (FilePath.TryParse(text, out var path))
            Assert.StartsWith("/folder/", Path.GetFullPath(path.Below("/folder")));
        if (RepoId.TryParse(text, RepoType.Model, out var repo))
            Assert.Equal(Path.Combine("/hub", repo.FolderName), Path.GetFullPath(Path.Combine("/hub", repo.FolderName)));
        if (RepoId.TryParseFolder(text, out var folder))
            Assert.Equal(text, folder.FolderName);
        if (Revision.TryParse(text, out var revision))
            Assert.StartsWith("/refs/", Path.GetFullPath(FilePath.Parse(revision.Text).Below("/refs")));
        if (ETag.TryParse(text, out var etag) || ETag.TryParseHeader(text, out etag))
            Assert.True(etag.Text.All(char.IsAsciiHexDigitLower));
        _ = XetHash.TryParse(text, out _);
        Refusing<FormatException>(() => _ = ByteRate.Parse(text));
        Refusing<FormatException>(() => _ = HubEndpoint.Parse(text));
    });

    [Fact]
    public void What_an_upstream_says_of_a_repo_is_an_object_or_nothing() => Json("repo info", [$$"""{"id":"acme/tiny","sha":"{{Commit}}","private":false,"gated":"auto","siblings":[{"rfilename":"a"}],"tags":["x"]}"""], text =>
    {
        if (RepoInfoText.Of(text) is { } info)
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(info).RootElement.ValueKind);
    });

    static void Json(string name, string[] corpus, Action<byte[]> parse) => FuzzRun.Run(name, [.. corpus.Select(Encoding.UTF8.GetBytes)], (random, bytes) =>
        random.Next(4) > 0 ? Encoding.UTF8.GetBytes(Mutation.Json(random, Encoding.UTF8.GetString(bytes))) : Mutation.Of(random, bytes), parse);

    static void Text(string name, string[] corpus, Action<string> parse, long allocatedAtLeast = 4 << 20) =>
        FuzzRun.Run(name, [.. corpus.Select(Encoding.UTF8.GetBytes)], Mutation.Of, bytes => parse(Encoding.UTF8.GetString(bytes)), allocatedAtLeast);

    static void Refusing<T>(Action act)
        where T : Exception
    {
        try
        {
            act();
        }
        catch (T)
        {
            // As documented.
        }
    }

    // A wrong sum hides what is behind it: most records get a right one again.
    static byte[] ChangeAndSeal(Random random, byte[] right)
    {
        var bytes = Mutation.Of(random, right);
        for (var at = 0; at + 32 <= bytes.Length; at += 32)
            if (random.Next(4) > 0)
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 28), Hfmc.Core.Hashing.Crc32C.Compute(bytes.AsSpan(at, 28)));
        return bytes;
    }

    static CommitId CommitOf(string text) => CommitId.TryParse(text, out var commit) ? commit : throw new ArgumentException(text);

    static ETag ETagOf(string text) => ETag.TryParse(text, out var etag) ? etag : throw new ArgumentException(text);
}
