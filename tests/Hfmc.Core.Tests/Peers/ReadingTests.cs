using System.Text;
using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

/// <summary>Where a repo is read as a proof, and what the proof depends on.</summary>
public sealed class ReadingTests
{
    [Fact]
    public void Places_lie_in_large_files_whatever_these_are() => Seeds.Run(nameof(Places_lie_in_large_files_whatever_these_are), 2000, random =>
    {
        RepoFile[] files = [.. Enumerable.Range(0, random.Next(1, 60)).Select(at => File(at, random.NextInt64(random.Next(3) is 0 ? 300 : 1L << random.Next(10, 45)), isLarge: random.Next(4) > 0))];
        var large = files.Where(file => file.ETag.Kind is DigestKind.Sha256).Sum(file => file.Size);
        var fractions = ReadingPlaces.Draw();
        // The ends, which no draw finds.
        (fractions[0], fractions[1], fractions[30], fractions[31]) = (0, 0, ulong.MaxValue, ulong.MaxValue);

        var places = ReadingPlaces.In(files, fractions);

        if (large < ReadingPlaces.FewestBytes)
        {
            Require(places is null, "too little was enough");
            return;
        }
        Require(places!.Count is ReadingPlaces.Count, "another number of places");
        foreach (var (file, range) in places)
            Require(file.ETag.Kind is DigestKind.Sha256 && range.Start >= 0 && range.End <= file.Size && range.Length == Math.Min(file.Size, ReadingPlaces.Length), $"{range} of {file}");
    });

    [Fact]
    public void Every_file_that_is_a_sixteenth_of_all_is_read_and_of_few_files_every_one() => Seeds.Run(nameof(Every_file_that_is_a_sixteenth_of_all_is_read_and_of_few_files_every_one), 500, random =>
    {
        RepoFile[] files = [.. Enumerable.Range(0, random.Next(1, 40)).Select(at => File(at, 100_000 + random.NextInt64(1L << random.Next(10, 40)), isLarge: true))];
        var total = files.Sum(file => file.Size);

        var read = ReadingPlaces.In(files, ReadingPlaces.Draw())!.Select(place => place.File).ToHashSet();

        // Two neighbours may lie in the first and last part of their sixteenths: what has two of these in whole is hit for sure.
        foreach (var file in files)
            if (files.Length <= 8 || file.Size > 2 * (total / 16))
                Require(read.Contains(file), $"{file} of {total} bytes is not read");
    });

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Another_number_of_places_is_no_challenge(int count) => Assert.Null(ReadingPlaces.In([File(0, 1 << 20, isLarge: true)], new ulong[count]));

    [Fact]
    public void A_proof_is_another_one_for_all_that_it_is_about()
    {
        var (nonce, asker, server, bytes) = (new byte[32], NodeId.New(), NodeId.New(), Encoding.ASCII.GetBytes("what was read"));
        var subject = ReadingProof.SubjectOf(RepoId.Parse("acme/a"), Commit(1));

        byte[][] proofs =
        [
            ReadingProof.Compute(nonce, asker, server, subject, bytes),
            ReadingProof.Compute([.. nonce[..31], 1], asker, server, subject, bytes),
            ReadingProof.Compute(nonce, NodeId.New(), server, subject, bytes),
            ReadingProof.Compute(nonce, asker, NodeId.New(), subject, bytes),
            ReadingProof.Compute(nonce, server, asker, subject, bytes),
            ReadingProof.Compute(nonce, asker, server, ReadingProof.SubjectOf(RepoId.Parse("acme/b"), Commit(1)), bytes),
            ReadingProof.Compute(nonce, asker, server, ReadingProof.SubjectOf(RepoId.Parse("acme/a"), Commit(2)), bytes),
            ReadingProof.Compute(nonce, asker, server, ReadingProof.SubjectOf(RepoId.Parse("acme/a", RepoType.Dataset), Commit(1)), bytes),
            ReadingProof.Compute(nonce, asker, server, subject, [.. bytes, 0]),
        ];

        Assert.Equal(proofs.Length, proofs.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(proofs[0], ReadingProof.Compute(nonce, asker, server, subject, bytes));
    }

    [Fact]
    public void Digits_are_read_as_they_were_written_or_not_at_all() => Seeds.Run(nameof(Digits_are_read_as_they_were_written_or_not_at_all), 5000, random =>
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        var text = Encoding.Latin1.GetString(Mutation.Of(random, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes))));
        Require(ReadingProof.Read(text, 32) is not { } read || Convert.ToHexStringLower(read) == text, $"{text} was read as something else");
    });

    [Fact]
    public void Any_challenge_names_places_that_are_there_or_none() => Seeds.Run(nameof(Any_challenge_names_places_that_are_there_or_none), 2000, random =>
    {
        RepoFile[] files = [File(0, 100_000, isLarge: true), File(1, 10, isLarge: true), File(2, 1L << 50, isLarge: true)];
        var right = JsonSerializer.Serialize(new(new string('1', 64), ReadingPlaces.Draw()), PeerJson.Default.PeerReadingChallenge);
        try
        {
            var challenge = JsonSerializer.Deserialize(Mutation.Json(random, right), PeerJson.Default.PeerReadingChallenge);
            foreach (var (file, range) in ReadingPlaces.In(files, challenge?.Places ?? []) ?? [])
                Require(range.Start >= 0 && range.End <= file.Size && range.Length is > 0 and <= ReadingPlaces.Length, $"{range} of {file}");
            _ = ReadingProof.Read(challenge?.Nonce, ReadingProof.NonceBytes);
        }
        catch (JsonException)
        {
            // As it is refused when it comes.
        }
    });

    static RepoFile File(int at, long size, bool isLarge) =>
        new(FilePath.Parse($"file{at:00}.bin"), new(ETag.FromDigest(Enumerable.Repeat((byte)at, isLarge ? 32 : 20).ToArray()), size));

    static CommitId Commit(int number) => CommitId.TryParse($"{number:x40}", out var commit) ? commit : throw new ArgumentException("no commit", nameof(number));

    static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
