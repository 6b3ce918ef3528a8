using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>How a row of the pool map stands in a frame: after its length, by which a receiver passes over what a later version appended; length 0 for none.</summary>
internal static class RowField
{
    /// <summary>Most members that a row names, in each of its lists.</summary>
    public const int MemberCountMax = 32;

    private const int FixedLength =
        (4 * sizeof(ulong)) + sizeof(byte) + sizeof(int) + (2 * NodeIdField.LengthMax) + sizeof(ushort) + PoolNames.PoolLengthMax;

    /// <summary>Most bytes that it takes.</summary>
    public const int LengthMax = sizeof(ushort) + FixedLength + (2 * (sizeof(int) + (MemberCountMax * NodeIdField.LengthMax)));

    public static int LengthMaxOf(SegmentRow? row) => row is null
        ? sizeof(ushort)
        : sizeof(ushort) + FixedLength + NodesField.LengthMaxOf(row.InSync) + NodesField.LengthMaxOf(row.LostMembers);

    public static void Write(ref FieldWriter writer, SegmentRow? row)
    {
        if (row is null)
        {
            writer.UInt16(0);
            return;
        }

        var fields = new FieldWriter(writer.Rest[sizeof(ushort)..]);
        fields.UInt64(row.Segment.Value);
        fields.UInt64(row.Epoch);
        fields.Byte((byte)row.State);
        fields.Int32(row.WantedCopies);
        fields.UInt64(row.StartsAt);
        fields.Int64(row.MembershipVersion);
        fields.Text(row.Pool);
        NodeIdField.Write(ref fields, row.Primary);
        NodeIdField.Write(ref fields, row.Joiner);
        NodesField.Write(ref fields, row.InSync);
        NodesField.Write(ref fields, row.LostMembers);
        writer.UInt16(checked((ushort)fields.Count));
        writer.Advance(fields.Count);
    }

    /// <summary>Reads it; null for none, and for what makes no sense, which breaks the reader.</summary>
    public static SegmentRow? Read(ref FieldReader reader)
    {
        int length = reader.UInt16();
        if (length == 0) return null;
        var fields = new FieldReader(reader.Raw(length));
        var segment = new SegmentId(fields.UInt64());
        ulong epoch = fields.UInt64();
        byte state = fields.Byte();
        int wantedCopies = fields.Int32();
        ulong startsAt = fields.UInt64();
        long membershipVersion = fields.Int64();
        string pool = fields.Text(PoolNames.PoolLengthMax);
        NodeId primary = NodeIdField.Read(ref fields);
        NodeId joiner = NodeIdField.Read(ref fields);
        NodeId[] inSync = NodesField.Read(ref fields, MemberCountMax);
        NodeId[] lostMembers = NodesField.Read(ref fields, MemberCountMax);
        if (!fields.IsBroken && state <= (byte)SegmentState.Deleted && wantedCopies >= 0)
        {
            return new SegmentRow(
                segment, epoch, (SegmentState)state, pool, wantedCopies, primary, inSync, joiner, startsAt, membershipVersion, lostMembers);
        }

        reader.Break();
        return null;
    }
}
