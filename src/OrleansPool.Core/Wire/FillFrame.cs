using OrleansPool.Core.Arenas;
using OrleansPool.Grains;

namespace OrleansPool.Core.Wire;

/// <summary>How a node asks for a block, and how a primary answers. Payload: the members, and the bytes.</summary>
internal static class FillFrame
{
    /// <summary>Length of a request's fields.</summary>
    public const int RequestFieldsLength = (2 * sizeof(ulong)) + sizeof(int) + LeaseKeyField.Length;

    private const int ReplyFieldsLength = (3 * sizeof(ulong)) + sizeof(int) + sizeof(byte);

    public static int LengthMaxOf(FillReply message) =>
        ReplyFieldsLength + NodesField.LengthMaxOf(message.Members) + sizeof(int) + message.Bytes.Length;

    public static void Write(ref MessageWriter writer, FillRequest message)
    {
        writer.Out.Int64(message.Number);
        writer.Out.Int32(message.Block);
        writer.Out.UInt64(message.CacheSession);
        LeaseKeyField.Write(ref writer.Out, message.Key);
    }

    /// <summary>Reads a request. Whether the block and the right make sense is for the segment to say.</summary>
    public static FillRequest ReadRequest(ref MessageReader reader)
    {
        long number = reader.Fields.Int64();
        int block = reader.Fields.Int32();
        ulong cacheSession = reader.Fields.UInt64();
        return new FillRequest(reader.Segment, reader.Epoch, number, block, LeaseKeyField.Read(ref reader.Fields), cacheSession);
    }

    public static void Write(ref MessageWriter writer, FillReply message)
    {
        writer.Out.Int64(message.Number);
        writer.Out.Int32(message.Block);
        writer.Out.Byte((byte)message.Status);
        writer.Out.UInt64(message.Version);
        writer.Out.UInt64(message.CacheSession);
        writer.EndFields();
        NodesField.Write(ref writer.Out, message.Members);
        writer.Out.Bytes(message.Bytes.Span);
    }

    public static FillReply? ReadReply(ref MessageReader reader)
    {
        long number = reader.Fields.Int64();
        int block = reader.Fields.Int32();
        var status = (OperationStatus)reader.Fields.Byte();
        ulong version = reader.Fields.UInt64();
        ulong cacheSession = reader.Fields.UInt64();
        NodeId[] members = NodesField.Read(ref reader.Payload, RowField.MemberCountMax);
        ReadOnlyMemory<byte> bytes = reader.Bytes(reader.Payload.Int32(), BlockSizes.BytesMax);
        if (status > OperationStatus.Unavailable) return null;
        return new FillReply(reader.Segment, reader.Epoch, number, block, status, version, cacheSession, members, bytes);
    }
}
