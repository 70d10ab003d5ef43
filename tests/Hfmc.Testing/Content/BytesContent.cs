using System.Text;

namespace Hfmc.Testing;

/// <summary>Content that is all in memory.</summary>
public sealed class BytesContent(byte[] bytes) : FileContent(bytes.Length)
{
    public static BytesContent Of(string text) => new(Encoding.UTF8.GetBytes(text));

    public override void Read(long offset, Span<byte> destination) =>
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
}
