using OrleansPool.Core;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>
/// The requests that wait for memory of one pool on this node. First come, first served; while several owners hold or wait, those
/// who hold their fair share (what the pool may have, by the owners that hold or wait) or more let those below theirs go first.
/// </summary>
/// <remarks>
/// <para>Thread-safe: one short lock. A waiter leaves the queue exactly once, and whoever takes it out tells its caller: the pool
/// with memory, the alarm at its deadline, or its caller by leaving. So none is lost, and none is told twice.</para>
/// <para>One alarm, for the earliest deadline. A caller whose call was cut short keeps its place for <see cref="AwayMax"/>;
/// whoever is next is waited for, so nobody passes it in between.</para>
/// </remarks>
internal sealed class WaitQueue : IDisposable
{
    /// <summary>Most requests that wait for one pool on one node.</summary>
    public const int WaiterCountMax = 10_000;

    /// <summary>How long a place is kept for a caller that is between two calls.</summary>
    public static readonly TimeSpan AwayMax = TimeSpan.FromSeconds(2);

    private const int DueSlackCount = 64;

    private readonly HostClock _clock;
    private readonly PoolLedger _ledger;
    private readonly Action _changed;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly Dictionary<Guid, Waiter> _tickets = [];
    private readonly PriorityQueue<Waiter, Tick> _due = new();
    private readonly ITimer _alarm;
    private Tick _alarmAt = Tick.Never;
    private int _count;

    /// <summary>Makes a queue.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="ledger">Tells who holds how much.</param>
    /// <param name="changed">Called when another waiter may be next. Not under the lock.</param>
    public WaitQueue(HostClock clock, PoolLedger ledger, Action changed)
    {
        _clock = clock;
        _ledger = ledger;
        _changed = changed;
        _alarm = clock.Time.CreateTimer(static queue => ((WaitQueue)queue!).EndLate(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes the last place.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryEnter(Waiter waiter)
    {
        lock (_lock)
        {
            if (_waiters.Count >= WaiterCountMax) return false;
            waiter.Account = _ledger.BeginWait(waiter.Request.Owner);
            waiter.Place = _waiters.AddLast(waiter);
            if (waiter.Request.Ticket != Guid.Empty) _tickets[waiter.Request.Ticket] = waiter;
            Volatile.Write(ref _count, _waiters.Count);
            Watch(waiter);
            return true;
        }
    }

    /// <summary>Finds the place that a ticket names and attends it again.</summary>
    public Waiter? TryReturn(Guid ticket)
    {
        if (ticket == Guid.Empty) return null;
        lock (_lock)
        {
            if (!_tickets.TryGetValue(ticket, out Waiter? waiter)) return null;
            waiter.IsAttended = true;
            return waiter;
        }
    }

    /// <summary>Leaves a place alone for a moment, between two calls.</summary>
    /// <returns>False when the waiter has left the queue: its outcome is there.</returns>
    public bool TryStepAway(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Place is null) return false;
            waiter.IsAttended = false;
            waiter.AwayUntil = _clock.Now + AwayMax;
            Watch(waiter);
            return true;
        }
    }

    /// <summary>Gives a place up.</summary>
    public void Leave(Guid ticket)
    {
        lock (_lock)
        {
            if (!_tickets.TryGetValue(ticket, out Waiter? waiter)) return;
            int ahead = PositionOf(waiter);
            Remove(waiter);
            waiter.Complete(new LeaseOutcome(OperationStatus.Exhausted, default, ahead));
        }

        _changed();
    }

    /// <summary>Who is served next; null if nobody is, or if its caller is away.</summary>
    /// <param name="poolBytes">What the pool may have, of which a fair share is a part.</param>
    public Waiter? PeekNext(long poolBytes)
    {
        lock (_lock)
        {
            if (_waiters.First is not { } first) return null;
            Waiter next = first.Value;
            int owners = _ledger.OwnerCount;
            long share = poolBytes / Math.Max(1, owners);
            for (LinkedListNode<Waiter>? place = owners > 1 ? first : null; place is not null; place = place.Next)
            {
                if (_ledger.BytesOf(place.Value.Account) >= share) continue;
                next = place.Value;
                break;
            }

            return next.IsAttended ? next : null;
        }
    }

    /// <summary>Takes a waiter out, to tell it an outcome.</summary>
    /// <param name="waiter">The waiter.</param>
    /// <param name="now">The moment; a waiter whose deadline has passed is left to the alarm.</param>
    /// <returns>False when it has left, is away or is late: it must not be told.</returns>
    public bool TryTake(Waiter waiter, Tick now)
    {
        lock (_lock)
        {
            if (waiter.Place is null || !waiter.IsAttended || waiter.Deadline < now) return false;
            Remove(waiter);
            return true;
        }
    }

    /// <summary>Sends everybody away.</summary>
    public void Dispose()
    {
        _alarm.Dispose();
        Waiter[] left;
        lock (_lock)
        {
            left = [.. _waiters];
            foreach (Waiter waiter in left) Remove(waiter);
        }

        foreach (Waiter waiter in left) waiter.Complete(new LeaseOutcome(OperationStatus.Exhausted));
    }

    /// <summary>Ends the waits whose deadline has passed, or whose caller was away too long.</summary>
    public void EndLate()
    {
        List<(Waiter Waiter, int Ahead)> late = [];
        lock (_lock)
        {
            Tick now = _clock.Now;
            _alarmAt = Tick.Never;
            HashSet<Waiter> due = [];
            while (_due.TryPeek(out Waiter? waiter, out Tick at) && at <= now)
            {
                _due.Dequeue();
                if (waiter.Place is not null && waiter.DueAt <= now) due.Add(waiter);
            }

            int position = 0;
            for (LinkedListNode<Waiter>? place = _waiters.First; place is not null && late.Count < due.Count; place = place.Next, position++)
            {
                if (due.Contains(place.Value)) late.Add((place.Value, position));
            }

            foreach ((Waiter waiter, _) in late) Remove(waiter);
            SetAlarm(now);
        }

        foreach ((Waiter waiter, int ahead) in late) waiter.Complete(new LeaseOutcome(OperationStatus.Exhausted, default, ahead));
        if (late.Count > 0) _changed();
    }

    private int PositionOf(Waiter waiter)
    {
        int position = 0;
        for (LinkedListNode<Waiter>? place = _waiters.First; place is not null && place.Value != waiter; place = place.Next) position++;
        return position;
    }

    private void Remove(Waiter waiter)
    {
        _waiters.Remove(waiter.Place!);
        waiter.Place = null;
        if (waiter.Request.Ticket != Guid.Empty) _tickets.Remove(waiter.Request.Ticket);
        _ledger.EndWait(waiter.Account);
        Volatile.Write(ref _count, _waiters.Count);
        if (_waiters.Count == 0) _due.Clear();
    }

    private void Watch(Waiter waiter)
    {
        // Those who were served stay in it until they are due; it is swept before it outgrows the queue.
        if (_due.Count > (2 * _waiters.Count) + DueSlackCount)
        {
            _due.Clear();
            foreach (Waiter other in _waiters) _due.Enqueue(other, other.DueAt);
        }

        _due.Enqueue(waiter, waiter.DueAt);
        SetAlarm(_clock.Now);
    }

    private void SetAlarm(Tick now)
    {
        if (!_due.TryPeek(out _, out Tick at) || at >= _alarmAt) return;
        _alarmAt = at;
        _alarm.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((at - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }
}
