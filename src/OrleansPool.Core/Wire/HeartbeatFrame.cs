namespace OrleansPool.Core.Wire;

/// <summary>How two nodes keep their promises to each other alive. Payload of the answer: the listed peers.</summary>
internal static class HeartbeatFrame
{
    /// <summary>Most peers that an answer lists: as many as a cluster may have nodes.</summary>
    public const int ListedCountMax = 4096;

    /// <summary>Length of a heartbeat's fields.</summary>
    public const int FieldsLength = 4 * sizeof(ulong);

    private const int ReplyFieldsLength = (4 * sizeof(ulong)) + sizeof(byte);

    public static int LengthMaxOf(HeartbeatReply message) => ReplyFieldsLength + NodesField.LengthMaxOf(message.Listed);

    public static void Write(ref MessageWriter writer, Heartbeat message)
    {
        writer.Out.Int64(message.SentAt.Value);
        writer.Out.Int64(message.ViewVersion);
        writer.Out.Int64(message.RootVersion);
        writer.Out.UInt64(message.CacheSession);
    }

    public static Heartbeat Read(ref MessageReader reader) =>
        new(new Tick(reader.Fields.Int64()), reader.Fields.Int64(), reader.Fields.Int64(), reader.Fields.UInt64());

    public static void Write(ref MessageWriter writer, HeartbeatReply message)
    {
        writer.Out.Int64(message.SentAt.Value);
        writer.Out.Byte(message.IsGranted ? (byte)1 : (byte)0);
        writer.Out.UInt64(message.CacheSession);
        writer.Out.Int64(message.ViewVersion);
        writer.Out.Int64(message.RootVersion);
        writer.EndFields();
        NodesField.Write(ref writer.Out, message.Listed);
    }

    public static HeartbeatReply ReadReply(ref MessageReader reader)
    {
        var sentAt = new Tick(reader.Fields.Int64());
        bool isGranted = reader.Fields.Byte() != 0;
        ulong cacheSession = reader.Fields.UInt64();
        long viewVersion = reader.Fields.Int64();
        long rootVersion = reader.Fields.Int64();
        return new HeartbeatReply(
            sentAt, isGranted, NodesField.Read(ref reader.Payload, ListedCountMax), cacheSession, viewVersion, rootVersion);
    }
}
