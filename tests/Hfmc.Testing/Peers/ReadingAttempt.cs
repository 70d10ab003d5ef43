using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;

namespace Hfmc.Testing;

/// <summary>A proof by reading of a repo at a commit, by whoever has its bytes.</summary>
public sealed class ReadingAttempt(FakeRepo repo, CommitId commit)
{
    public string Subject { get; } = ReadingProof.SubjectOf(repo.Id, commit);

    public Task<PeerReadingChallenge> ChallengeAsync(PeerAsker asker) => ChallengeAsync(asker, Subject);

    /// <summary>The same for any subject, of a repo that may not exist.</summary>
    public static async Task<PeerReadingChallenge> ChallengeAsync(PeerAsker asker, string subject)
    {
        var told = await asker.AskAsync(new("POST", "/reading", $$"""{"subject":"{{subject}}"}"""));
        return JsonSerializer.Deserialize(told[told.IndexOf('{', StringComparison.Ordinal)..], PeerJson.Default.PeerReadingChallenge)!;
    }

    /// <summary>The proof that <paramref name="asker"/> would give <paramref name="server"/>.</summary>
    public PeerReadingProof Answer(PeerReadingChallenge challenge, NodeId asker, NodeId server)
    {
        var files = repo.Find(commit.Text)!.Files.ToDictionary(file => file.Path);
        var places = ReadingPlaces.In(files.Values.Select(file => file.AsRepoFile()), challenge.Places)!;
        byte[] bytes = [.. places.SelectMany(place => files[place.File.Path].Content.ToArray((int)place.Range.Start, (int)place.Range.Length))];
        return new(Subject, challenge.Nonce, Convert.ToHexStringLower(ReadingProof.Compute(Convert.FromHexString(challenge.Nonce), asker, server, Subject, bytes)));
    }

    public static Question Handing(PeerReadingProof proof) => new("POST", "/reading/proof", JsonSerializer.Serialize(proof, PeerJson.Default.PeerReadingProof));
}
