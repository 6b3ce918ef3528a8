namespace OrleansPool.Core.Wire;

/// <summary>What a frame is. Numbers are for ever: one that is not used any more stays taken.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum FrameType : byte
{
    /// <summary>No frame.</summary>
    None = 0,

    // The connection itself.

    /// <summary>The first frame of whoever connects: <see cref="Wire.Hello"/>.</summary>
    Hello = 1,

    /// <summary>The answer of whoever accepts: <see cref="Wire.Welcome"/>.</summary>
    Welcome = 2,

    /// <summary>The connection ends, and why: <see cref="Wire.Refusal"/>.</summary>
    Refusal = 3,

    /// <summary>One request could not be understood or carried out: <see cref="Wire.Refusal"/>.</summary>
    Error = 4,

    /// <summary>Asks for a sign of life.</summary>
    Ping = 5,

    /// <summary>The sign of life.</summary>
    Pong = 6,

    /// <summary>Whoever accepted is about to leave: finish, and send nothing new here.</summary>
    Drain = 7,

    // Data of applications.

    /// <summary>Reads bytes of a block.</summary>
    Read = 16,

    /// <summary>Answers <see cref="Read"/>.</summary>
    ReadReply = 17,

    /// <summary>Writes bytes of a block.</summary>
    Write = 18,

    /// <summary>Answers <see cref="Write"/>, <see cref="CompareExchange"/> and <see cref="Add"/>.</summary>
    WriteReply = 19,

    /// <summary>Replaces 8 aligned bytes if they have an expected value.</summary>
    CompareExchange = 20,

    /// <summary>Adds to 8 aligned bytes.</summary>
    Add = 21,

    /// <summary>Several reads.</summary>
    ReadBatch = 24,

    /// <summary>Answers <see cref="ReadBatch"/>.</summary>
    ReadBatchReply = 25,

    /// <summary>Several changes, in order.</summary>
    WriteBatch = 26,

    /// <summary>Answers <see cref="WriteBatch"/>.</summary>
    WriteBatchReply = 27,

    // What keeps the cluster together: one message each.

    /// <summary>Carries <see cref="Wire.Heartbeat"/>.</summary>
    Heartbeat = 64,

    /// <summary>Carries <see cref="Wire.HeartbeatReply"/>.</summary>
    HeartbeatReply = 65,

    /// <summary>Carries <see cref="Wire.RowNotice"/>.</summary>
    RowNotice = 66,

    // The stream of a segment.

    /// <summary>Carries <see cref="Wire.Replicate"/>.</summary>
    Replicate = 72,

    /// <summary>Carries <see cref="Wire.ReplicateAck"/>.</summary>
    ReplicateAck = 73,

    // Takeover.

    /// <summary>Carries <see cref="Wire.Seal"/>.</summary>
    Seal = 80,

    /// <summary>Carries <see cref="Wire.SealReply"/>.</summary>
    SealReply = 81,

    /// <summary>Carries <see cref="Wire.FetchEntries"/>.</summary>
    FetchEntries = 82,

    /// <summary>Carries <see cref="Wire.FetchedEntries"/>.</summary>
    FetchedEntries = 83,

    // Join.

    /// <summary>Carries <see cref="Wire.SnapshotPart"/>.</summary>
    SnapshotPart = 88,

    /// <summary>Carries <see cref="Wire.SnapshotAck"/>.</summary>
    SnapshotAck = 89,

    /// <summary>Carries <see cref="Wire.CopyBlocks"/>.</summary>
    CopyBlocks = 90,

    /// <summary>Carries <see cref="Wire.CopyAck"/>.</summary>
    CopyAck = 91,

    // Cached copies.

    /// <summary>Carries <see cref="Wire.FillRequest"/>.</summary>
    FillRequest = 96,

    /// <summary>Carries <see cref="Wire.FillReply"/>.</summary>
    FillReply = 97,

    /// <summary>Carries <see cref="Wire.Invalidate"/>.</summary>
    Invalidate = 98,

    /// <summary>Carries <see cref="Wire.InvalidateAck"/>.</summary>
    InvalidateAck = 99,

    // Planned changes of members.

    /// <summary>Carries <see cref="Wire.MovePrepare"/>.</summary>
    MovePrepare = 104,

    /// <summary>Carries <see cref="Wire.MoveReady"/>.</summary>
    MoveReady = 105,

    /// <summary>Carries <see cref="Wire.LeaveRequest"/>.</summary>
    LeaveRequest = 106,

    /// <summary>Carries <see cref="Wire.ConsentRequest"/>.</summary>
    ConsentRequest = 107,
}
