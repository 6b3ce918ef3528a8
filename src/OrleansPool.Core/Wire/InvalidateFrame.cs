namespace OrleansPool.Core.Wire;

/// <summary>How a cached copy is called back, and how that is answered.</summary>
internal static class InvalidateFrame
{
    /// <summary>Length of a callback's fields.</summary>
    public const int FieldsLength = (2 * sizeof(ulong)) + sizeof(int);

    /// <summary>Length of an acknowledgement's fields.</summary>
    public const int AckFieldsLength = sizeof(ulong) + sizeof(int);

    public static void Write(ref MessageWriter writer, Invalidate message)
    {
        writer.Out.Int32(message.Block);
        writer.Out.UInt64(message.Sequence);
        writer.Out.Int64(message.Number);
    }

    public static Invalidate Read(ref MessageReader reader) =>
        new(reader.Segment, reader.Epoch, reader.Fields.Int32(), reader.Fields.UInt64(), reader.Fields.Int64());

    public static void Write(ref MessageWriter writer, InvalidateAck message)
    {
        writer.Out.Int32(message.Block);
        writer.Out.Int64(message.Number);
    }

    public static InvalidateAck ReadAck(ref MessageReader reader) =>
        new(reader.Segment, reader.Epoch, reader.Fields.Int32(), reader.Fields.Int64());
}
