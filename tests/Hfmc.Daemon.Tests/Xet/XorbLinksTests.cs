using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Hfmc.Daemon.Serving.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

public sealed class XorbLinksTests
{
    static readonly ManualTime s_time = new();
    static readonly XorbLinks s_links = new(s_time);

    [Fact]
    public void A_link_is_read_as_it_was_signed_and_only_by_who_signed_it() =>
        Seeds.Run(nameof(A_link_is_read_as_it_was_signed_and_only_by_who_signed_it), 200, random =>
        {
            var link = Any(random);
            var target = s_links.Sign(link);

            var read = s_links.Read(target)!;

            Assert.Equal(link with { Ranges = read.Ranges }, read);
            Assert.Equal(link.Ranges, read.Ranges);
            Assert.Null(new XorbLinks(s_time).Read(target));
            // A client parses and writes it again.
            Assert.Equal(target, new Uri(new("http://localhost:9090"), target).PathAndQuery);
        });

    [Fact]
    public void What_is_changed_cut_off_or_added_to_is_refused() =>
        Seeds.Run(nameof(What_is_changed_cut_off_or_added_to_is_refused), 2000, random =>
        {
            var target = s_links.Sign(Any(random));
            var (at, other) = (random.Next(target.Length), (char)random.Next(32, 127));

            var changed = random.Next(4) switch
            {
                0 => target[..at],
                1 => target + other,
                2 => target.Insert(at, $"{other}"),
                _ => target[at] == other ? target[1..] : $"{target[..at]}{other}{target[(at + 1)..]}",
            };

            Assert.Null(s_links.Read(changed));
        });

    [Fact]
    public void No_text_is_too_strange_to_be_looked_at() =>
        Seeds.Run(nameof(No_text_is_too_strange_to_be_looked_at), 2000, random =>
        {
            var text = Any(random).Write(TimeSpan.Zero);
            string[] strange = ["-1", "9223372036854775807", "9223372036854775808", "", ".", "_", "-", "..", "é", "0", "1-0", "NaN", " 1", "+1", "1e3"];
            string[] fields = text.Split('.');
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                fields[random.Next(fields.Length)] = strange[random.Next(strange.Length)];

            // What is taken for a link keeps the limits all the same.
            if (XorbLink.Read(string.Join('.', fields)) is var (link, _))
            {
                Assert.InRange(link.Run.Count, 1, Xorb.MostChunks);
                Assert.InRange(link.Run.Length, 1, Xorb.MostBytes);
                Assert.InRange(link.Run.End, 1, link.Blob.Size);
                Assert.All(link.Ranges, range => Assert.True(range.Start < range.End && range.End <= link.Run.PackedLength));
            }
            s_links.Read(string.Join('.', fields));
        });

    static XorbLink Any(Random random)
    {
        var (count, start) = (random.Next(1, Xorb.MostChunks), random.NextInt64(1L << 40));
        var run = new XorbRun(Chunk.HashOf([(byte)random.Next(256)]), random.Next(), count, start, random.Next(count, Xorb.MostBytes));
        var middle = random.Next(1, run.PackedLength - 1);
        ByteRange[] ranges = random.Next(2) is 0 ? [ByteRange.Whole(run.PackedLength)] : [new(0, middle), new(middle + 1, run.PackedLength)];
        var etag = new BytesContent([(byte)random.Next(256)]).Sha256;
        return new(random.NextInt64(1, long.MaxValue), new(etag, run.End + random.Next()), run, random.Next(2) is 0, ranges);
    }
}
