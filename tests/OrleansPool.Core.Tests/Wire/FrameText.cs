using System.Text;
using System.Text.Json;
using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Tests.Wire;

/// <summary>Frames and what they say as text: to be compared as a whole, and read by who looks for the difference.</summary>
internal static class FrameText
{
    private const int LineBytes = 32;

    /// <summary>All of what a frame says.</summary>
    public static string Of(FrameValue? value) => JsonSerializer.Serialize(value);

    /// <summary>A frame's bytes: its header, its fields and its payload begin a line each.</summary>
    public static string ToHex(byte[] frame)
    {
        FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header);
        var text = new StringBuilder();
        int payloadAt = FrameHeader.Size + header.FieldsLength;
        Append(text, frame.AsSpan(0, FrameHeader.Size));
        Append(text, frame.AsSpan(FrameHeader.Size, header.FieldsLength));
        Append(text, frame.AsSpan(payloadAt));
        return text.ToString();
    }

    /// <summary>The bytes that a text of hexadecimal digits and white space says.</summary>
    public static byte[] FromHex(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));

    private static void Append(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += LineBytes)
        {
            text.Append(Convert.ToHexStringLower(bytes[at..Math.Min(bytes.Length, at + LineBytes)])).Append('\n');
        }
    }
}
