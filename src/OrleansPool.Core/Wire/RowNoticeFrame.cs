using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>How a row is told. Payload: the row. Envelope and header say the same segment and epoch, for who does not look into it.</summary>
internal static class RowNoticeFrame
{
    public static int LengthMaxOf(RowNotice message) => RowField.LengthMaxOf(message.Row);

    public static void Write(ref MessageWriter writer, RowNotice message)
    {
        writer.EndFields();
        RowField.Write(ref writer.Out, message.Row);
    }

    public static RowNotice? Read(ref MessageReader reader) =>
        reader.TryRow(out SegmentRow? row) && row.Epoch == reader.Epoch ? new RowNotice(row) : null;
}
