namespace OrleansPool.Core.Wire;

/// <summary>Why a connection ends, or a request is not carried out.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Message">The same for people.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record Refusal(RefusalReason Reason, string Message)
{
    /// <summary>Most bytes of a message.</summary>
    public const int MessageBytesMax = 512;

    /// <summary>Writes the frame that ends a connection, or that answers one request.</summary>
    public byte[] ToFrame(FrameType type = FrameType.Refusal, ulong correlation = 0)
    {
        Span<byte> fields = stackalloc byte[sizeof(byte) + sizeof(ushort) + MessageBytesMax];
        var writer = new FieldWriter(fields);
        writer.Byte((byte)Reason);
        writer.Text(Message.Length <= MessageBytesMax / 3 ? Message : Message[..(MessageBytesMax / 3)]);
        return Frames.Make(type, correlation, fields[..writer.Count], payload: default);
    }

    /// <summary>Reads the frame's fields.</summary>
    public static Refusal Read(ReadOnlySpan<byte> fields)
    {
        var reader = new FieldReader(fields);
        byte reason = reader.Byte();
        string message = reader.Text(MessageBytesMax);
        return new Refusal(reason <= (byte)RefusalReason.Fault ? (RefusalReason)reason : RefusalReason.Unknown, message);
    }
}
