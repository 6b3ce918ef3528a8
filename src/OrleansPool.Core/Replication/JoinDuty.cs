using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rules 8 and 9, at the primary: makes another node a member, beside the traffic.
/// </summary>
/// <remarks>
/// <para>1. A snapshot of one moment of the stream: sessions, results, leases, generations. For it operations are committed in order until
/// the state is that of one moment. 2. From there the joiner receives the stream like a backup, but its acknowledgements count for
/// nothing; bytes of blocks that it has not copied it skips. 3. The blocks, range after range, each image with the newest bytes as of a
/// moment of the stream. 4. When all is copied, the joiner's acknowledgements are required for every operation from here on (s0).
/// 5. When it has everything before s0 too, has answered in the present epoch (one that missed a
/// row begins its copy anew), and has promised its read lease, the row with it is proposed; until the outcome is known it
/// stays required. So whenever the row may name it, it has every operation that anybody was told is done.</para>
/// </remarks>
internal sealed class JoinDuty(Replica replica, BackupProgress progress)
{
    private ReadOnlyMemory<byte>[]? _parts;
    private ulong _snapshotAt;
    private int _partsAcked;
    private int _copied;
    private int _copyEnd;
    private int _number;
    private bool _isCopyOut;
    private Tick _sentAt;
    private bool _isProposed;
    private ulong _s0;
    private long _calledBack;

    public NodeId Target => progress.Node;

    /// <summary>Waits until no operation is committed before an earlier one.</summary>
    public bool IsWaitingForOrder => _parts is null;

    /// <summary>The joiner has the snapshot: it takes the stream.</summary>
    public bool IsInstalled => _parts is not null && _partsAcked == _parts.Length;

    /// <summary>The joiner's acknowledgements are needed.</summary>
    public bool IsRequired { get; private set; }

    /// <summary>How far it is, for whoever looks for what holds it up.</summary>
    public string Progress =>
        $"parts {_partsAcked} of {_parts?.Length}, copied {_copied} of {Segment.Geometry.BlockCount}, copy {_number}{(_isCopyOut ? " out" : "")}{(IsRequired ? $", required from {_s0}" : "")}{(_isProposed ? ", proposed" : "")}";

    private Segment Segment => replica.Segment;

    private OperationLog Log => replica.Segment.Log;

    private int PartBytes => replica.Standing.Times.PartBytes;

    /// <summary>Begins again with a new snapshot.</summary>
    public void Restart()
    {
        if (IsRequired) return;
        _parts = null;
        _partsAcked = _copied = _copyEnd = _number = 0;
        _isCopyOut = false;
    }

    public void OnSettled()
    {
        // The row is still the one without the joiner: it is proposed again, or dropped.
        _isProposed = false;
    }

    /// <summary>Takes an acknowledgement of the snapshot or of a copy.</summary>
    public void Receive(NodeId from, SegmentMessage message, Tick now, Outbox outbox)
    {
        if (from != Target) return;
        if (progress.OwesSince != Tick.Never) progress.OwesSince = now;
        if (message is SnapshotAck snapshot) Take(snapshot);
        else Take((CopyAck)message);
        Elapse(now, outbox);
    }

    private void Take(SnapshotAck ack)
    {
        if (ack.PartCount < 0)
        {
            progress.Consents = true;
        }
        else if (_parts is not null && ack.Sequence == _snapshotAt && ack.PartCount > _partsAcked)
        {
            _partsAcked = Math.Min(ack.PartCount, _parts.Length);
            if (IsInstalled) (progress.Acked, progress.Sent, progress.KnowsRow) = (_snapshotAt, _snapshotAt, ack.Epoch == replica.Row.Epoch);
        }
    }

    private void Take(CopyAck ack)
    {
        if (!_isCopyOut || ack.Snapshot != _snapshotAt) return;
        if (ack.Number == _number)
        {
            _isCopyOut = false;
            _copied = _copyEnd;
        }
        else if (ack.IsStale && ack.Number == _number - 1)
        {
            // The same image once more, newer.
            _isCopyOut = false;
            _number--;
        }
    }

    public void Elapse(Tick now, Outbox outbox)
    {
        if (_parts is null) TakeSnapshot(now);
        if (_parts is null) return;
        if (!IsInstalled)
        {
            SendSnapshot(now, outbox);
            return;
        }

        if (_copied < Segment.Geometry.BlockCount) SendCopy(now, outbox);
        if (_copied == Segment.Geometry.BlockCount) Finish(now, outbox);
    }

    private void TakeSnapshot(Tick now)
    {
        for (ulong sequence = Log.Committed + 1; sequence <= Log.Last; sequence++)
        {
            if (Log[sequence].IsCommitted) return;
        }

        _snapshotAt = Log.Committed;

        // One more, so that it is never 0: a segment may be joined before its first operation.
        progress.Copy = _snapshotAt + 1;
        byte[] bytes = SegmentSnapshot.Write(Segment, now);
        _parts = new ReadOnlyMemory<byte>[(bytes.Length + PartBytes - 1) / PartBytes];
        for (int i = 0; i < _parts.Length; i++)
        {
            _parts[i] = bytes.AsMemory(i * PartBytes, Math.Min(PartBytes, bytes.Length - (i * PartBytes)));
        }

        progress.OwesSince = now;
        _sentAt = default;
    }

    private void SendSnapshot(Tick now, Outbox outbox)
    {
        if (_sentAt != default && now < _sentAt + replica.Standing.Times.Resend) return;
        _sentAt = now;
        for (int part = _partsAcked; part < _parts!.Length; part++)
        {
            outbox.Send(Target, new SnapshotPart(Segment.Id, replica.Row.Epoch, _snapshotAt, part, _parts.Length, _parts[part], replica.Row));
        }
    }

    private void SendCopy(Tick now, Outbox outbox)
    {
        if (_isCopyOut && now < _sentAt + replica.Standing.Times.Resend) return;
        if (!_isCopyOut) _number++;
        _isCopyOut = true;
        _sentAt = now;
        int blocks = Math.Max(1, PartBytes / Segment.Geometry.BlockBytes);
        _copyEnd = Math.Min(Segment.Geometry.BlockCount, _copied + blocks);
        var images = new List<BlockImage>();
        for (int block = _copied; block < _copyEnd; block++)
        {
            if ((Segment.Store[block].Flags & BlockFlags.Leased) == 0) continue;
            byte[] bytes = new byte[Segment.Geometry.BlockBytes];
            ulong version = Segment.Stream.ReadNewest(block, 0, bytes);
            if (Mutant.Is(Mutation.CopyWithoutPending)) Segment.Store.BytesOf(block)[..bytes.Length].CopyTo(bytes);
            images.Add(new BlockImage(block, version, bytes));
        }

        outbox.Send(Target, new CopyBlocks(Segment.Id, replica.Row.Epoch, _snapshotAt, _number, Log.Last, _copied, _copyEnd, [.. images]));
    }

    private void Finish(Tick now, Outbox outbox)
    {
        if (!IsRequired)
        {
            IsRequired = !Mutant.Is(Mutation.JoinerNotRequired);
            _s0 = Log.Last + 1;
            replica.Primary.RefreshRight();

            // Copies in caches rest on the promises of the members before: once the joiner is one, it could take over without them.
            _calledBack = Mutant.Is(Mutation.JoinKeepsCopies) ? -1 : replica.Primary.Sharing.CallBackAll();
        }

        bool hasAllBefore = progress.Acked + 1 >= _s0 || Mutant.Is(Mutation.JoinerProposedEarly);
        bool hasCopyStill = progress.KnowsRow || Mutant.Is(Mutation.JoinerNeedNotKnowRow);
        if (_isProposed || replica.Primary.IsProposing || !hasAllBefore || !hasCopyStill || !replica.Primary.Sharing.IsCalledBack(_calledBack) || progress.Link.HeldUntil <= now) return;
        if (replica.Standing.IsDead(Target, replica.Row.MembershipVersion)) return;
        _isProposed = true;
        SegmentRow next = replica.Row.Next(replica.Standing.View.Version);
        replica.Primary.Propose(next with { InSync = [.. next.InSync, Target], Joiner = default }, outbox);
    }
}
