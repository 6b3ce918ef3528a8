namespace OrleansPool.Core.Wire;

/// <summary>How the stream goes to a replica, and how it answers. Payload: the row, and the entries.</summary>
internal static class ReplicateFrame
{
    private const int FieldsLength = sizeof(ulong);

    /// <summary>Length of an acknowledgement's fields.</summary>
    public const int AckFieldsLength = 2 * sizeof(ulong);

    public static int LengthMaxOf(Replicate message) => FieldsLength + RowField.LengthMaxOf(message.Row) + EntriesField.LengthOf(message.Entries);

    public static void Write(ref MessageWriter writer, Replicate message)
    {
        writer.Out.UInt64(message.CommittedSequence);
        writer.EndFields();
        RowField.Write(ref writer.Out, message.Row);
        EntriesField.Write(ref writer.Out, message.Entries);
    }

    public static Replicate? Read(ref MessageReader reader)
    {
        ulong committed = reader.Fields.UInt64();
        Replication.SegmentRow? row = RowField.Read(ref reader.Payload);
        if (row is not null && row.Segment != reader.Segment) return null;
        return new Replicate(reader.Segment, reader.Epoch, EntriesField.Read(ref reader), committed, row);
    }

    public static void Write(ref MessageWriter writer, ReplicateAck message)
    {
        writer.Out.UInt64(message.LastSequence);
        writer.Out.UInt64(message.Copy);
    }

    public static ReplicateAck ReadAck(ref MessageReader reader) =>
        new(reader.Segment, reader.Epoch, reader.Fields.UInt64(), reader.Fields.UInt64());
}
