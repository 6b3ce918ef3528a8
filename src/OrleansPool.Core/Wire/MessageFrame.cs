using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OrleansPool.Core.Wire;

/// <summary>
/// How messages between nodes become frames, and frames become messages. Each type has a codec of its own, in the file of its family;
/// here is which.
/// </summary>
/// <remarks>
/// The header carries the epoch. The fields begin with the <see cref="MessageEnvelope"/> and go on with what has a fixed length; lists
/// and bytes are in the payload. Reading trusts nothing: every number is held against a limit and against the bytes that are there, and
/// what is allocated is at most a small multiple of those bytes. Bytes of blocks are not copied: they stay in the payload given.
/// </remarks>
internal static class MessageFrame
{
    /// <summary>The type of the frame that carries a message.</summary>
    public static FrameType TypeOf(Message message) => message switch
    {
        Heartbeat => FrameType.Heartbeat,
        HeartbeatReply => FrameType.HeartbeatReply,
        RowNotice => FrameType.RowNotice,
        Replicate => FrameType.Replicate,
        ReplicateAck => FrameType.ReplicateAck,
        Seal => FrameType.Seal,
        SealReply => FrameType.SealReply,
        FetchEntries => FrameType.FetchEntries,
        FetchedEntries => FrameType.FetchedEntries,
        SnapshotPart => FrameType.SnapshotPart,
        SnapshotAck => FrameType.SnapshotAck,
        CopyBlocks => FrameType.CopyBlocks,
        CopyAck => FrameType.CopyAck,
        FillRequest => FrameType.FillRequest,
        FillReply => FrameType.FillReply,
        Invalidate => FrameType.Invalidate,
        InvalidateAck => FrameType.InvalidateAck,
        MovePrepare => FrameType.MovePrepare,
        MoveReady => FrameType.MoveReady,
        LeaveRequest => FrameType.LeaveRequest,
        ConsentRequest => FrameType.ConsentRequest,
        _ => throw new SwitchExpressionException(message),
    };

    /// <summary>Most bytes that a message's frame takes: exact but for addresses of nodes, which are not written to be counted.</summary>
    public static int LengthMaxOf(Message message) => FrameHeader.Size + MessageEnvelope.Length + message switch
    {
        Heartbeat => HeartbeatFrame.FieldsLength,
        HeartbeatReply reply => HeartbeatFrame.LengthMaxOf(reply),
        RowNotice notice => RowNoticeFrame.LengthMaxOf(notice),
        Replicate replicate => ReplicateFrame.LengthMaxOf(replicate),
        ReplicateAck => ReplicateFrame.AckFieldsLength,
        Seal seal => TakeoverFrame.LengthMaxOf(seal),
        SealReply => TakeoverFrame.SealReplyFieldsLength,
        FetchEntries => TakeoverFrame.FetchFieldsLength,
        FetchedEntries fetched => TakeoverFrame.LengthMaxOf(fetched),
        SnapshotPart part => SnapshotFrame.LengthMaxOf(part),
        SnapshotAck => SnapshotFrame.AckFieldsLength,
        CopyBlocks copy => CopyFrame.LengthOf(copy),
        CopyAck => CopyFrame.AckFieldsLength,
        FillRequest => FillFrame.RequestFieldsLength,
        FillReply reply => FillFrame.LengthMaxOf(reply),
        Invalidate => InvalidateFrame.FieldsLength,
        InvalidateAck => InvalidateFrame.AckFieldsLength,
        _ => 0,
    };

    /// <summary>Writes a message's frame.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">The life of this node.</param>
    /// <param name="target">The life of the node that is meant.</param>
    /// <param name="frame">Room for <see cref="LengthMaxOf"/> bytes.</param>
    /// <returns>The frame's length.</returns>
    public static int Write(Message message, NodeIncarnation sender, NodeIncarnation target, Span<byte> frame)
    {
        (SegmentId segment, ulong epoch) = message switch
        {
            SegmentMessage about => (about.Segment, about.Epoch),
            RowNotice notice => (notice.Row.Segment, notice.Row.Epoch),
            _ => default,
        };
        var writer = new MessageWriter(frame[FrameHeader.Size..]);
        new MessageEnvelope(segment, sender, target).Write(ref writer.Out);
        switch (message)
        {
            case Heartbeat beat: HeartbeatFrame.Write(ref writer, beat); break;
            case HeartbeatReply reply: HeartbeatFrame.Write(ref writer, reply); break;
            case RowNotice notice: RowNoticeFrame.Write(ref writer, notice); break;
            case Replicate replicate: ReplicateFrame.Write(ref writer, replicate); break;
            case ReplicateAck ack: ReplicateFrame.Write(ref writer, ack); break;
            case Seal seal: TakeoverFrame.Write(ref writer, seal); break;
            case SealReply reply: TakeoverFrame.Write(ref writer, reply); break;
            case FetchEntries fetch: TakeoverFrame.Write(ref writer, fetch); break;
            case FetchedEntries fetched: TakeoverFrame.Write(ref writer, fetched); break;
            case SnapshotPart part: SnapshotFrame.Write(ref writer, part); break;
            case SnapshotAck ack: SnapshotFrame.Write(ref writer, ack); break;
            case CopyBlocks copy: CopyFrame.Write(ref writer, copy); break;
            case CopyAck ack: CopyFrame.Write(ref writer, ack); break;
            case FillRequest request: FillFrame.Write(ref writer, request); break;
            case FillReply reply: FillFrame.Write(ref writer, reply); break;
            case Invalidate invalidate: InvalidateFrame.Write(ref writer, invalidate); break;
            case InvalidateAck ack: InvalidateFrame.Write(ref writer, ack); break;
        }

        int length = FrameHeader.Size + writer.Out.Count;
        new FrameHeader(length, TypeOf(message), FrameOptions.None, writer.FieldsLength, Correlation: 0, epoch).Write(frame);
        return length;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="fields">The frame's fields.</param>
    /// <param name="payload">What follows them. The message's bytes are these: who reuses the memory gives a copy.</param>
    /// <param name="envelope">Whom it is from and whom it means.</param>
    /// <param name="message">The message.</param>
    /// <returns>False for what is no message, or makes no sense.</returns>
    public static bool TryRead(
        in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlyMemory<byte> payload, out MessageEnvelope envelope,
        [NotNullWhen(true)] out Message? message)
    {
        var reader = new MessageReader(header.Epoch, fields, payload);
        envelope = reader.Envelope();
        message = reader.IsBroken ? null : Read(header.Type, ref reader);
        if (reader.IsBroken) message = null;
        return message is not null;
    }

    private static Message? Read(FrameType type, ref MessageReader reader) => type switch
    {
        FrameType.Heartbeat => HeartbeatFrame.Read(ref reader),
        FrameType.HeartbeatReply => HeartbeatFrame.ReadReply(ref reader),
        FrameType.RowNotice => RowNoticeFrame.Read(ref reader),
        FrameType.Replicate => ReplicateFrame.Read(ref reader),
        FrameType.ReplicateAck => ReplicateFrame.ReadAck(ref reader),
        FrameType.Seal => TakeoverFrame.ReadSeal(ref reader),
        FrameType.SealReply => TakeoverFrame.ReadSealReply(ref reader),
        FrameType.FetchEntries => TakeoverFrame.ReadFetch(ref reader),
        FrameType.FetchedEntries => TakeoverFrame.ReadFetched(ref reader),
        FrameType.SnapshotPart => SnapshotFrame.Read(ref reader),
        FrameType.SnapshotAck => SnapshotFrame.ReadAck(ref reader),
        FrameType.CopyBlocks => CopyFrame.Read(ref reader),
        FrameType.CopyAck => CopyFrame.ReadAck(ref reader),
        FrameType.FillRequest => FillFrame.ReadRequest(ref reader),
        FrameType.FillReply => FillFrame.ReadReply(ref reader),
        FrameType.Invalidate => InvalidateFrame.Read(ref reader),
        FrameType.InvalidateAck => InvalidateFrame.ReadAck(ref reader),
        FrameType.MovePrepare => new MovePrepare(reader.Segment, reader.Epoch),
        FrameType.MoveReady => new MoveReady(reader.Segment, reader.Epoch),
        FrameType.LeaveRequest => new LeaveRequest(reader.Segment, reader.Epoch),
        FrameType.ConsentRequest => new ConsentRequest(reader.Segment, reader.Epoch),
        _ => null,
    };
}
