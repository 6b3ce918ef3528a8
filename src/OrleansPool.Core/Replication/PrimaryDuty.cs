using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// What a primary does with its stream: sends it to every required member, and keeps the row as it should be (rules 6 and 8). What may be
/// committed is <see cref="CommitDuty"/>'s.
/// </summary>
/// <remarks>
/// <para>Required is every other in-sync member, and a joiner from the moment at which it is about to be proposed. While a change of the row is
/// pending nobody knows which row is in force, so the larger set counts: the row stays the old one here until a newer is read, and a
/// joiner stays required.</para>
/// </remarks>
internal sealed class PrimaryDuty(Replica replica)
{
    private readonly List<BackupProgress> _members = [];
    private readonly RemovalDuty _removal = new(replica);
    private readonly CommitDuty _commit = new(replica);
    private readonly Caching.Sharing _sharing = new(replica);
    private JoinDuty? _join;
    private MoveDuty? _move;
    private bool _isDeleting;
    private bool _hasLapsed = true;

    private Segment Segment => replica.Segment;

    private OperationLog Log => replica.Segment.Log;

    private Standing Standing => replica.Standing;

    /// <summary>The others that receive the stream.</summary>
    public IReadOnlyList<BackupProgress> Members => _members;

    /// <summary>A change of the row was proposed, and it is not known what became of it.</summary>
    public bool IsProposing { get; private set; }

    /// <summary>The segment is being handed over or given back: nothing is accepted any more.</summary>
    public bool IsClosing => _move is { IsClosing: true } || _isDeleting;

    /// <summary>Whether operations are committed in order only, so that the state is that of one moment of the stream.</summary>
    public bool CommitsInOrder => _join is { IsWaitingForOrder: true };

    /// <summary>Until when an answer that rests on the state here may be given.</summary>
    public Tick AnswersValidUntil => Tick.Min(Standing.Authority.ValidUntil, HeldByAll());

    /// <summary>Who keeps copies of which block.</summary>
    public Caching.Sharing Sharing => _sharing;

    /// <summary>The join that is under way.</summary>
    public JoinDuty? Join => _join;

    /// <summary>Whether the segment is being handed over.</summary>
    public bool IsMoving => _move is not null;

    public Tick WakeAt(Tick now)
    {
        Tick at = now + (Standing.Times.Silence / 2);
        bool isBusy = _join is not null || _move is not null || _sharing.IsBusy;
        foreach (BackupProgress member in _members) isBusy |= member.Owes(Log.Last, Log.Committed);
        if (isBusy) at = Tick.Min(at, now + Standing.Times.Resend);
        return replica.IsOpen ? Tick.Min(at, Tick.Max(Segment.Stream.WakeAt(now), now + Standing.Times.Resend)) : at;
    }

    /// <summary>The row names this node: the others are followed from nothing known.</summary>
    public void Adopt(Tick now)
    {
        _members.Clear();
        (_join, _move, _isDeleting, IsProposing) = (null, null, false, false);
        Follow(now);
    }

    /// <summary>Operations are accepted from now on.</summary>
    public void Begin(Tick now)
    {
        Segment.Stream.Epoch = replica.Row.Epoch;
        _sharing.Begin();
        Follow(now);
        SetRight();
        if (!Mutant.Is(Mutation.DurationsNotRestarted)) Segment.Leases.RestartDurations(now);
    }

    /// <summary>A new primary knows from a member's seal how far it is.</summary>
    public void Start(NodeId member, ulong last)
    {
        if (Find(member) is { } progress) (progress.Acked, progress.Sent, progress.KnowsRow) = (last, last, true);
    }

    /// <summary>All members have the stream up to an operation, and do not know the row.</summary>
    public void StartAll(ulong last)
    {
        foreach (BackupProgress member in _members) (member.Acked, member.Sent) = (last, last);
    }

    /// <summary>Whether every required member has the stream up to an operation.</summary>
    public bool AllHave(ulong sequence)
    {
        foreach (BackupProgress member in _members)
        {
            if (IsRequired(member) && member.Acked < sequence) return false;
        }

        return true;
    }

    /// <summary>What a new primary found is committed: every member has it.</summary>
    public void CommitTail()
    {
        for (ulong sequence = Log.Committed + 1; sequence <= Log.Last; sequence++) Log[sequence].IsCommitted = true;
        Log.AdvanceCommitted();
    }

    /// <summary>The right to read that the present row gives.</summary>
    public ReadRight NewRight(IReadOnlySet<int>? barred = null)
    {
        var leases = new List<PeerLink>();
        foreach (BackupProgress member in _members)
        {
            if (IsRequired(member) && (replica.Row.Has(member.Node) || !Mutant.Is(Mutation.JoinerLeaseNotNeeded))) leases.Add(member.Link);
        }

        return new ReadRight([.. leases], Standing.Authority, barred);
    }

    /// <summary>The row has changed, and this node is still its primary.</summary>
    public void OnRow(Tick now, Outbox outbox)
    {
        Segment.Stream.Epoch = replica.Row.Epoch;
        IsProposing = false;
        Follow(now);
        if (_join is not null && _join.Target != replica.Row.Joiner) _join = null;
        foreach (BackupProgress member in _members) member.KnowsRow = false;
        EndWhatIsOver(now);
        SetRight();
        Pump(now, outbox);
    }

    /// <summary>A proposed change has happened or never will.</summary>
    public void OnSettled(ulong epoch, Tick now, Outbox outbox)
    {
        if (!IsProposing || (epoch != replica.Row.Epoch + 1 && !Mutant.Is(Mutation.LateWordSettles))) return;
        IsProposing = false;
        _join?.OnSettled();
        EndWhatIsOver(now);
        if (replica.Role == ReplicaRole.Primary) SetRight();
    }

    /// <summary>This node is primary no more.</summary>
    public void StepDown(Outbox outbox)
    {
        Segment.SetRight(null);
        Segment.Stream.Pending.Abandon(outbox);
        _sharing.Begin();
        _members.Clear();
        (_join, _move, _isDeleting, IsProposing) = (null, null, false, false);
    }

    /// <summary>Proposes a row. One change is under way at a time.</summary>
    public void Propose(SegmentRow row, Outbox outbox)
    {
        SegmentFaultException.ThrowUnless(!IsProposing, "one change of a row is proposed at a time");
        SegmentFaultException.ThrowUnless(row.Epoch == replica.Row.Epoch + 1, "a proposed row is the next one");
        IsProposing = true;
        outbox.Propose(new RowChange(row));
    }

    /// <summary>Begins to make another node a member.</summary>
    /// <returns>False when that is not possible now.</returns>
    public bool TryJoin(NodeId target, Outbox outbox)
    {
        SegmentRow row = replica.Row;
        if (IsProposing || _move is not null || row.Joiner != default || row.Has(target)) return false;

        // The row will say that its writer's view has all its members: absence from an older view is then not taken for death.
        if (!Standing.View.Counts(target.Silo)) return false;
        Propose(row.Next(Standing.View.Version) with { Joiner = target }, outbox);
        return true;
    }

    /// <summary>
    /// Begins to give the segment back, if nobody has a lease in it: nothing is accepted any more, and the row will say so. If it turns out to be
    /// unchanged, the segment goes on.
    /// </summary>
    /// <returns>False when that is not possible now.</returns>
    public bool TryDelete(Outbox outbox)
    {
        bool isFree = !IsProposing && _move is null && _join is null && replica.Row.Joiner == default;
        if (!isFree || Segment.LeaseCount > 0 || Segment.Stream.Pending.Count > 0) return false;
        _isDeleting = true;
        SetRight();
        SegmentRow next = replica.Row.Next(Standing.View.Version);
        Propose(next with { State = SegmentState.Deleted, Primary = default, InSync = [], Joiner = default }, outbox);
        return true;
    }

    /// <summary>Begins to hand the segment to a member.</summary>
    /// <returns>False when that is not possible now.</returns>
    public bool TryMove(NodeId target, Tick now)
    {
        if (IsProposing || _move is not null || _join is not null || Find(target) is not { } member) return false;
        _move = new MoveDuty(replica, member, now);
        return true;
    }

    /// <summary>Whose leases are needed has changed.</summary>
    public void RefreshRight()
    {
        if (replica.Role == ReplicaRole.Primary) SetRight();
    }

    public void Receive(NodeId from, SegmentMessage message, Tick now, Outbox outbox)
    {
        switch (message)
        {
            case SnapshotAck or CopyAck when Find(from) is { } joiner && message.Epoch >= joiner.SinceEpoch:
                _join?.Receive(from, message, now, outbox);
                break;
            case LeaveRequest when Find(from) is { } member:
                member.Consents = true;
                break;
            case InvalidateAck ack:
                _sharing.OnAck(from, ack);
                break;
            case MoveReady:
                _move?.OnReady(from);
                break;
        }

        Elapse(now, outbox);
    }

    public void OnAck(NodeId from, ReplicateAck ack, Tick now, Outbox outbox)
    {
        if (Find(from) is not { } member) return;
        bool isOfEarlierCopy = ack.Epoch < member.SinceEpoch || (member.Copy != 0 && ack.Copy != member.Copy);
        if (isOfEarlierCopy && !Mutant.Is(Mutation.AckOfEarlierCopyCounts)) return;
        if (ack.Epoch == replica.Row.Epoch) member.KnowsRow = true;
        if (ack.LastSequence > member.Acked)
        {
            member.Acked = Math.Min(ack.LastSequence, Log.Last);
            member.OwesSince = member.Acked < Log.Last ? now : Tick.Never;
        }
        else if (member.Acked == Log.Last)
        {
            member.OwesSince = Tick.Never;
        }

        Pump(now, outbox);
    }

    /// <summary>The other members whose promise reads rest on.</summary>
    public NodeId[] RequiredMembers()
    {
        var members = new List<NodeId>(_members.Count);
        foreach (BackupProgress member in _members)
        {
            if (IsRequired(member)) members.Add(member.Node);
        }

        return [.. members];
    }

    /// <summary>Durations restart in full once this node may serve again after it could not.</summary>
    public void RestartDurationsAfterLapse(Tick now)
    {
        bool mayServe = Segment.MayServe(now) && replica.HasEnoughCopies;
        if (mayServe && _hasLapsed) Segment.Leases.RestartDurations(now);
        _hasLapsed = !mayServe;
    }

    public void Elapse(Tick now, Outbox outbox)
    {
        foreach (BackupProgress member in _members) member.Link.WantedUntil = now + Standing.Times.Silence;
        if (replica.Role == ReplicaRole.Primary)
        {
            RestartDurationsAfterLapse(now);
            bool mayExpire = !_hasLapsed || Mutant.Is(Mutation.ExpiresWithoutRight);
            if (replica.IsOpen && mayExpire && Segment.Stream.WakeAt(now) <= now) Segment.Stream.Sweep(now, outbox);
            if (_join is null && replica.Row.Joiner != default) _join = new JoinDuty(replica, Follow(replica.Row.Joiner, now));
            _join?.Elapse(now, outbox);
            _move?.Elapse(now, outbox);
            if (_move is { IsOver: true }) _move = null;
        }

        if (!IsProposing && !IsClosing) _removal.Elapse(now, outbox);
        Pump(now, outbox);
    }

    /// <summary>Sends what the others lack and commits what may be.</summary>
    public void Pump(Tick now, Outbox outbox)
    {
        if (replica.Role == ReplicaRole.Primary)
        {
            _sharing.OnLogged();
            _sharing.Elapse(now, outbox);
            _commit.Elapse(now, outbox);
            _sharing.Elapse(now, outbox);
        }

        foreach (BackupProgress member in _members) Send(member, now, outbox);
    }

    /// <summary>A member that is not wanted in the row any more.</summary>
    public BackupProgress? Find(NodeId node)
    {
        foreach (BackupProgress member in _members)
        {
            if (member.Node == node) return member;
        }

        return null;
    }

    private void EndWhatIsOver(Tick now)
    {
        _move?.OnRow(now);
        if (_move is { IsOver: true }) _move = null;
        _isDeleting = false;
    }

    private BackupProgress Follow(NodeId node, Tick now)
    {
        if (Find(node) is { } known) return known;
        PeerLink link = Standing.Peers[node];
        link.HeardAt = Tick.Max(link.HeardAt, now);
        link.WantedUntil = now + Standing.Times.Silence;
        var member = new BackupProgress(link, replica.Row.Epoch) { SentAt = now };
        _members.Add(member);
        return member;
    }

    private void Follow(Tick now)
    {
        _members.RemoveAll(member => !replica.Row.Has(member.Node) && replica.Row.Joiner != member.Node);
        foreach (NodeId node in replica.Row.InSync)
        {
            if (node != Standing.Self) Follow(node, now);
        }
    }

    /// <summary>Whether a member's acknowledgement is needed.</summary>
    private bool IsRequired(BackupProgress member)
    {
        if (Mutant.Is(Mutation.RemovalCountsAtOnce) && IsProposing && _removal.Proposed == member.Node) return false;
        return replica.Row.Has(member.Node) || (_join is { IsRequired: true } && _join.Target == member.Node);
    }

    private void SetRight() => Segment.SetRight(IsClosing ? null : NewRight());

    private void Send(BackupProgress member, Tick now, Outbox outbox)
    {
        if (_join is not null && _join.Target == member.Node && !_join.IsInstalled) return;
        bool isNew = member.Sent < Log.Last;
        bool isDue = member.Owes(Log.Last, Log.Committed) && now >= member.SentAt + Standing.Times.Resend;
        if (!isNew && !isDue) return;
        if (isDue && !isNew) member.Sent = member.Acked;
        if (member.Acked < Log.Last && member.OwesSince == Tick.Never) member.OwesSince = now;
        do
        {
            ulong first = Math.Max(member.Sent, member.Acked) + 1;
            StreamEntry[] entries = EntryCodec.Read(Log, first, Log.Last);
            if (entries.Length == 0 && first <= Log.Last)
            {
                // The log does not reach back to what it lacks, which only a joiner can come to.
                _join?.Restart();
                return;
            }

            member.Sent = first - 1 + (ulong)entries.Length;
            member.SentAt = now;
            member.CommittedTold = Log.Committed;
            outbox.Send(member.Node, new Wire.Replicate(Segment.Id, replica.Row.Epoch, entries, Mutant.Is(Mutation.CommitPointTooHigh) ? Log.Last : Log.Committed, member.KnowsRow ? null : replica.Row));
        }
        while (member.Sent < Log.Last);
    }

    private Tick HeldByAll()
    {
        Tick until = Tick.Never;
        foreach (BackupProgress member in _members)
        {
            if (IsRequired(member)) until = Tick.Min(until, member.Link.HeldUntil);
        }

        return until;
    }
}
