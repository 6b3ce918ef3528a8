using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>How a new primary seals the other members, and fetches from the one with the longest stream. Payload: the row, or the entries.</summary>
internal static class TakeoverFrame
{
    /// <summary>Length of the fields of a sealed member's answer.</summary>
    public const int SealReplyFieldsLength = 2 * sizeof(ulong);

    /// <summary>Length of the fields of a request for entries.</summary>
    public const int FetchFieldsLength = sizeof(ulong);

    public static int LengthMaxOf(Seal message) => RowField.LengthMaxOf(message.Row);

    public static int LengthMaxOf(FetchedEntries message) => EntriesField.LengthOf(message.Entries);

    public static void Write(ref MessageWriter writer, Seal message)
    {
        writer.EndFields();
        RowField.Write(ref writer.Out, message.Row);
    }

    public static Seal? ReadSeal(ref MessageReader reader) =>
        reader.TryRow(out SegmentRow? row) ? new Seal(reader.Segment, reader.Epoch, row) : null;

    public static void Write(ref MessageWriter writer, SealReply message)
    {
        writer.Out.UInt64(message.LastSequence);
        writer.Out.UInt64(message.CommittedSequence);
    }

    public static SealReply ReadSealReply(ref MessageReader reader) =>
        new(reader.Segment, reader.Epoch, reader.Fields.UInt64(), reader.Fields.UInt64());

    public static void Write(ref MessageWriter writer, FetchEntries message) => writer.Out.UInt64(message.FirstSequence);

    public static FetchEntries ReadFetch(ref MessageReader reader) => new(reader.Segment, reader.Epoch, reader.Fields.UInt64());

    public static void Write(ref MessageWriter writer, FetchedEntries message)
    {
        writer.EndFields();
        EntriesField.Write(ref writer.Out, message.Entries);
    }

    public static FetchedEntries ReadFetched(ref MessageReader reader) => new(reader.Segment, reader.Epoch, EntriesField.Read(ref reader));
}
