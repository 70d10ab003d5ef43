using System.Globalization;
using System.Text;

namespace Hfmc.Testing;

/// <summary>Faults of answers to a Range: what proxies and mirrors make of a 206.</summary>
static class RangeFaults
{
    public static void Strike(FaultList faults, HubRequest request, Answer answer)
    {
        if (answer.Status is not 206)
            return;
        foreach (var fault in faults.Strike(request, FaultKind.NoContentRange, FaultKind.OddContentRange, FaultKind.ShortRange, FaultKind.RangeNotSatisfiable,
            FaultKind.MultipartRange, FaultKind.RangeAsWhole))
            Spoil(answer, fault);
    }

    static void Spoil(Answer answer, Fault fault)
    {
        var (first, last, size) = (answer.Offset, answer.Offset + answer.Length - 1, answer.Body.Size);
        switch (fault.Kind)
        {
            case FaultKind.NoContentRange:
                answer.Headers.Remove("Content-Range");
                break;
            case FaultKind.OddContentRange:
                answer.With("Content-Range", (fault.Header ?? "bytes */{size}").Replace("{first}", Text(first)).Replace("{last}", Text(last)).Replace("{size}", Text(size)));
                break;
            case FaultKind.ShortRange:
                answer.Length = Math.Min(answer.Length, fault.Bytes);
                answer.With("Content-Range", $"bytes {first}-{first + answer.Length - 1}/{size}");
                break;
            case FaultKind.RangeNotSatisfiable:
                (answer.Status, answer.Offset, answer.Length) = (416, 0, 0);
                answer.With("Content-Range", $"bytes */{size}");
                break;
            case FaultKind.MultipartRange:
                var part = answer.Body.ToArray(first, (int)answer.Length);
                byte[] parts =
                [
                    .. Encoding.ASCII.GetBytes($"--next\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n"), .. part, .. "\r\n--next--\r\n"u8,
                ];
                Replace(answer, parts);
                answer.Headers.Remove("Content-Range");
                answer.With("Content-Type", "multipart/byteranges; boundary=next");
                break;
            default:
                answer.Status = 200;
                answer.Headers.Remove("Content-Range");
                break;
        }
    }

    public static void Replace(Answer answer, byte[] body) => (answer.Body, answer.Offset, answer.Length) = (new BytesContent(body), 0, body.Length);

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
