using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Replication;

/// <summary>
/// One node's copy of a segment in the protocol: primary-backup with an external configuration master (PacificA: Lin, Yang, Zhang and
/// Zhou, 2008; Vertical Paxos: Lamport, Malkhi and Zhou, 2009).
/// </summary>
/// <remarks>
/// <para>The row of the pool map says who is primary and who is in sync. It changes only by compare-and-swap, so there is one primary an
/// epoch, and what it logs is one stream. Every member takes it in order. An operation is committed when every member has it: whoever
/// becomes primary later has it too, because only members may, and a new primary first asks all others and takes the longest stream.
/// Nothing is ever taken back out of a stream.</para>
/// <para>This class knows the row and the role, and hands each input to who is in charge: <see cref="PrimaryDuty"/> (sending, committing,
/// removing), <see cref="TakeoverDuty"/>, <see cref="JoinDuty"/> and <see cref="MoveDuty"/> (adding and moving), <see cref="BackupDuty"/>
/// and <see cref="JoinerDuty"/> (receiving). A message of a lower epoch is answered with the row and otherwise ignored, by everybody.</para>
/// <para>Owned by the segment's executor.</para>
/// </remarks>
internal sealed class Replica
{
    private readonly PrimaryDuty _primary;
    private readonly BackupDuty _backup;
    private TakeoverDuty? _takeover;
    private JoinerDuty? _joiner;
    private Tick _rowSeenAt;
    private Tick _remindedAt;
    private bool _hasHeardPrimary;

    public Replica(Segment segment, Standing standing, SegmentRow row, Tick now)
    {
        _rowSeenAt = now;
        Segment = segment;
        Standing = standing;
        Row = row;
        _primary = new PrimaryDuty(this);
        _backup = new BackupDuty(this);
        if (row.Primary == standing.Self)
        {
            // A segment that was made just now: nobody else has anything of it.
            Role = ReplicaRole.Primary;
            Term = row.Epoch;
            _primary.Begin(now);
        }
        else
        {
            Role = ReplicaRole.Joiner;
            _joiner = new JoinerDuty(this);
        }
    }

    public Segment Segment { get; }

    public Standing Standing { get; }

    /// <summary>The newest row that this copy acts on.</summary>
    public SegmentRow Row { get; private set; }

    public ReplicaRole Role { get; private set; }

    /// <summary>The epoch in which the present primary became primary.</summary>
    public ulong Term { get; private set; }

    /// <summary>Whether the segment is lost, rather than only this copy retired.</summary>
    public bool IsLost => Row.State == SegmentState.Lost;

    /// <summary>Whether operations are accepted.</summary>
    public bool IsOpen => Role == ReplicaRole.Primary && !_primary.IsClosing;

    /// <summary>Whether as many members are in sync as operations ask for.</summary>
    public bool HasEnoughCopies => Row.InSync.Length >= Standing.InSyncMin || Mutant.Is(Mutation.TooFewCopiesServe);

    /// <summary>The backup's work, for those who drive it.</summary>
    public BackupDuty Backup => _backup;

    /// <summary>This copy is of no use for the row that is known now: it must be thrown away and begun anew.</summary>
    public bool MustRestart { get; private set; }

    /// <summary>The row may be an old one: the primary has not been heard for long.</summary>
    public bool WantsRow { get; set; }

    /// <summary>The primary's work, for those who drive it.</summary>
    public PrimaryDuty Primary => _primary;

    /// <summary>The snapshot from which this copy was made; 0 for one that was there from the beginning.</summary>
    public ulong Copy { get; set; }

    /// <summary>The joiner's work, while it is one.</summary>
    public JoinerDuty? Joiner => _joiner;

    /// <summary>When it wants <see cref="Elapse"/>.</summary>
    public Tick WakeAt(Tick now) => Role switch
    {
        ReplicaRole.Primary => _primary.WakeAt(now),
        ReplicaRole.Successor => Tick.Min(_takeover!.WakeAt(now), _primary.WakeAt(now)),
        ReplicaRole.Retired => Tick.Never,
        _ => _hasHeardPrimary ? now + Standing.Times.Silence : now + Standing.Times.Resend,
    };

    /// <summary>Takes an operation of a caller.</summary>
    /// <returns>False when the answer comes later.</returns>
    public bool TryAnswer(in Operation operation, Tick now, Outbox outbox, out OperationResult result)
    {
        result = new OperationResult(Role == ReplicaRole.Primary ? OperationStatus.Unavailable : OperationStatus.NotPrimary);
        if (Role == ReplicaRole.Successor) result = new OperationResult(OperationStatus.Unavailable);
        if (!IsOpen || !Segment.MayServe(now) || !HasEnoughCopies) return true;
        _primary.RestartDurationsAfterLapse(now);
        bool isAnswered = Segment.Stream.TryAnswer(operation, now, outbox, out result);
        outbox.ResultValidUntil = _primary.AnswersValidUntil;
        _primary.Pump(now, outbox);
        return isAnswered;
    }

    /// <summary>Takes a message.</summary>
    public void Receive(NodeId from, SegmentMessage message, Tick now, Outbox outbox)
    {
        if (message.Epoch < Row.Epoch && !IsStillTrue(message))
        {
            if (!Mutant.Is(Mutation.NoEpochCheck) || message is not Wire.Replicate)
            {
                outbox.Send(from, new RowNotice(Row));
                return;
            }
        }

        // A newer epoch than this copy knows: it will hear of the row, and the sender will send again.
        if (message.Epoch > Row.Epoch) return;
        _hasHeardPrimary |= from == Row.Primary && message.Epoch == Row.Epoch;
        switch (message)
        {
            case Wire.Replicate replicate when Role is ReplicaRole.Backup or ReplicaRole.Joiner:
                if (Role == ReplicaRole.Joiner && !_joiner!.IsInstalled) return;
                _backup.Take(from, replicate, now, outbox);
                break;
            case Seal seal when Role == ReplicaRole.Backup && from == Row.Primary:
                outbox.Send(from, new SealReply(seal.Segment, Row.Epoch, Segment.Log.Last, Segment.Log.Committed));
                break;
            case FetchEntries fetch when Role == ReplicaRole.Backup && from == Row.Primary:
                outbox.Send(from, new FetchedEntries(fetch.Segment, Row.Epoch, EntryCodec.Read(Segment.Log, fetch.FirstSequence, Segment.Log.Last)));
                break;
            case SealReply or FetchedEntries when Role == ReplicaRole.Successor:
                _takeover!.Receive(from, message, now, outbox);
                break;
            case ReplicateAck ack when Role is ReplicaRole.Primary or ReplicaRole.Successor:
                _primary.OnAck(from, ack, now, outbox);
                break;
            case SnapshotPart part when Role == ReplicaRole.Joiner && from == Row.Primary:
                _joiner!.Take(from, part, now, outbox);
                break;
            case CopyBlocks copy when Role == ReplicaRole.Joiner && from == Row.Primary:
                _joiner!.Take(from, copy, now, outbox);
                break;
            case FillRequest fill when Role is ReplicaRole.Primary or ReplicaRole.Successor:
                _primary.Sharing.Fill(from, fill, now, outbox);
                break;
            case SnapshotAck or CopyAck or LeaveRequest or MoveReady or InvalidateAck when Role == ReplicaRole.Primary:
                _primary.Receive(from, message, now, outbox);
                break;
            case MovePrepare when Role == ReplicaRole.Backup && from == Row.Primary:
                _backup.Prepare(from, now, outbox);
                break;
            case ConsentRequest when Role == ReplicaRole.Backup && from == Row.Primary:
                outbox.Send(from, new LeaveRequest(Segment.Id, Row.Epoch));
                break;
        }

        if (Role == ReplicaRole.Successor) ElapseTakeover(now, outbox);
    }

    /// <summary>A newer row is known, or a proposed change is settled.</summary>
    /// <param name="row">The row as it stands in the pool map.</param>
    /// <param name="settledEpoch">The proposed epoch of which it is known now that it has happened or never will, because a version above
    /// the proposal's base was read; 0 for none. A late word about an earlier proposal says nothing about the present one.</param>
    /// <param name="now">The moment.</param>
    /// <param name="outbox">What the host must do.</param>
    public void Observe(SegmentRow row, ulong settledEpoch, Tick now, Outbox outbox)
    {
        if (row.Epoch > Row.Epoch)
        {
            SegmentRow before = Row;
            Row = row;
            (_rowSeenAt, _remindedAt, _hasHeardPrimary) = (now, now, false);
            NodeId self = Standing.Self;
            if (row.State != SegmentState.Active || (!row.Has(self) && row.Joiner != self)) Retire(outbox);
            else if (row.Primary == self) ObserveAsPrimary(before, now, outbox);
            else ObserveAsOther(before, row, outbox);
        }

        if (settledEpoch != 0 && Role is ReplicaRole.Primary or ReplicaRole.Successor) _primary.OnSettled(settledEpoch, now, outbox);
        Elapse(now, outbox);
    }

    /// <summary>Time has passed, or the view, the root or a lease has changed.</summary>
    public void Elapse(Tick now, Outbox outbox)
    {
        if (Role == ReplicaRole.Successor) ElapseTakeover(now, outbox);
        if (Role is ReplicaRole.Primary or ReplicaRole.Successor) _primary.Elapse(now, outbox);
        if (Role is ReplicaRole.Backup or ReplicaRole.Joiner) Remind(now, outbox);
    }

    /// <summary>A primary that was not heard in this epoch may not know that it is one: whoever knows the row tells it, less and less often.</summary>
    private void Remind(Tick now, Outbox outbox)
    {
        ReplicationTimes times = Standing.Times;
        if (Standing.Peers[Row.Primary].HeardAt + times.Silence < now) WantsRow = true;
        if (_hasHeardPrimary || now - _remindedAt < Min(times.Resend + ((now - _rowSeenAt) / 4), times.Silence)) return;
        _remindedAt = now;
        WantsRow |= now - _rowSeenAt > times.Silence;
        outbox.Send(Row.Primary, new RowNotice(Row));
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>Every in-sync member has the whole stream and no earlier primary can serve: operations are accepted from now on.</summary>
    public void Open(Tick now, Outbox outbox)
    {
        _takeover = null;
        Role = ReplicaRole.Primary;
        _primary.CommitTail();
        _primary.Begin(now);
        _primary.Pump(now, outbox);
    }

    private void ObserveAsPrimary(SegmentRow before, Tick now, Outbox outbox)
    {
        if (Role is ReplicaRole.Primary)
        {
            _primary.OnRow(now, outbox);
            return;
        }

        bool wasSuccessor = Role == ReplicaRole.Successor;
        if (!wasSuccessor) Term = Row.Epoch;
        bool isMove = Row.StartsAt != 0 && Segment.Log.Last + 1 == Row.StartsAt;
        Role = ReplicaRole.Successor;
        _primary.Adopt(now);
        if (isMove && !wasSuccessor)
        {
            // The former primary had drained its stream: every member has all of it.
            _primary.StartAll(Segment.Log.Last);
            Open(now, outbox);
            return;
        }

        _takeover ??= new TakeoverDuty(this);
        _takeover.Begin(now, outbox);
    }

    private void ObserveAsOther(SegmentRow before, SegmentRow row, Outbox outbox)
    {
        if (Role is ReplicaRole.Primary or ReplicaRole.Successor) _primary.StepDown(outbox);
        _takeover = null;
        if (row.Primary != before.Primary || Term == 0) Term = row.Epoch;
        bool isMember = row.Has(Standing.Self);
        bool goesOn = row.Epoch == before.Epoch + 1 && before.Joiner == Standing.Self && row.Primary == before.Primary;
        if (isMember)
        {
            // Whatever rows were missed: the primary proposed this one only when this copy had acknowledged everything.
            _joiner = null;
        }
        else if (!goesOn || Role != ReplicaRole.Joiner)
        {
            MustRestart = (Segment.Log.Last > 0 || _joiner is { IsInstalled: true }) && !Mutant.Is(Mutation.EarlierCopyKept);
            _joiner = new JoinerDuty(this);
        }

        Role = isMember ? ReplicaRole.Backup : ReplicaRole.Joiner;
    }

    private void Retire(Outbox outbox)
    {
        if (Role is ReplicaRole.Primary or ReplicaRole.Successor) _primary.StepDown(outbox);
        Segment.SetRight(null);
        _takeover = null;
        _joiner = null;
        Role = ReplicaRole.Retired;
    }

    private void ElapseTakeover(Tick now, Outbox outbox) => _takeover!.Elapse(now, outbox);

    /// <summary>An acknowledgement of this primary's own stream stays true when the row changes and the primary does not.</summary>
    private bool IsStillTrue(SegmentMessage message) =>
        message is ReplicateAck or SnapshotAck or CopyAck or SealReply or MoveReady or InvalidateAck && message.Epoch >= Term
        && Role is ReplicaRole.Primary or ReplicaRole.Successor;
}
