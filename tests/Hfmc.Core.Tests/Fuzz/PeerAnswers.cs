using System.Text;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;
using Hfmc.Testing;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>A question to a peer, and an answer that is right.</summary>
sealed record PeerExchange(string Name, byte[] Body, Func<PeerClient, PeerAddress, CancellationToken, Task> Ask)
{
    public string Head { get; init; } = "HTTP/1.1 200 OK";

    public bool IsJson { get; init; } = true;

    public override string ToString() => Name;
}

/// <summary>Every question of the peer protocol, about one blob of three pieces and some.</summary>
static class PeerAnswers
{
    public const int Size = (3 << 20) + 5;

    static readonly PatternContent s_content = new(Size, seed: 3);
    static readonly RepoId s_repo = RepoId.Parse("acme/tiny");
    static readonly string s_node = NodeId.New().Text;

    public static Blob Blob { get; } = new(s_content.Sha256, Size);

    public static ChunkList Chunks { get; } = ChunkListBuilder.Of(s_content.ToArray(), ChunkRule.Current);

    public static string News { get; } = $$"""{"blobs":[{"etag":"{{Blob.ETag}}","size":{{Size}},"complete":false,"owner":true,"have":"Bw","pieces":[3],"lost":[1],"fetching":[0,2],"dropped":[2]}],"members":[{"node":"{{s_node}}","host":"127.0.0.1","port":9}],"small_wanted":"Aw","small_begun":"AQ"}""";

    public static IReadOnlyList<PeerExchange> All { get; } =
    [
        Json("hello", $$"""{"node":"{{s_node}}","version":"0.1.0","protocol":1,"features":["follow","bundle"],"repos":1}""",
            (client, peer, token) => client.HelloAsync(peer, token)),
        Json("snapshot", $$"""{"repo":"models/acme/tiny","commit":"{{new string('a', 40)}}","files":[{"path":"config.json","etag":"{{new string('b', 40)}}","size":21,"held":true},{"path":"model.bin","etag":"{{Blob.ETag}}","size":{{Size}},"xet_id":"{{new string('c', 64)}}","held":false,"part":7}],"partial":true}""",
            (client, peer, token) => client.FindAsync(peer, s_repo, Revision.Main, token)),
        Json("holds", $$"""{"blobs":[{"etag":"{{Blob.ETag}}","size":{{Size}},"complete":true}]}""",
            (client, peer, token) => client.HoldsAsync(peer, [Blob], token)),
        Json("follow", $"{News}\n\n{News}\n",
            (client, peer, token) => client.FollowAsync(peer, new([Blob.ETag.Text], 9090), _ => { }, token)),
        Json("complaint", """{"dropped":true}""",
            (client, peer, token) => client.ComplainAsync(peer, Blob, new(0, 10), token)),
        new("chunks", Chunks.ToBytes(), (client, peer, token) => client.ChunksAsync(peer, Blob, token)) { IsJson = false },
        new("bundle", [0, .. TestPeer.WriteFrame(Blob.ETag, [1, 2, 3]), 0, .. TestPeer.WriteFrame(BytesContent.Of("x").GitSha1, [])], ReadBundleAsync) { IsJson = false },
        new("bytes", s_content.ToArray(10, 90), ReadBytesAsync) { IsJson = false, Head = $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-99/{Size}" },
    ];

    static PeerExchange Json(string name, string json, Func<PeerClient, PeerAddress, CancellationToken, Task> ask) => new(name, Encoding.UTF8.GetBytes(json), ask);

    static async Task ReadBundleAsync(PeerClient client, PeerAddress peer, CancellationToken cancellationToken)
    {
        await using var bundle = await client.BundleAsync(peer, [Blob.ETag], cancellationToken);
        while (await bundle.NextAsync() is { } frame)
            await bundle.CopyAsync(frame.Length, null);
    }

    static async Task ReadBytesAsync(PeerClient client, PeerAddress peer, CancellationToken cancellationToken)
    {
        using var response = await client.OpenAsync(peer, Blob, new(10, 100), cancellationToken);
        await BoundedBody.ReadAsync(response, "peer", 90, TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
    }
}
