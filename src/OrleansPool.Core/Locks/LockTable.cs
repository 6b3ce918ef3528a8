using OrleansPool.Grains;

namespace OrleansPool.Core.Locks;

/// <summary>
/// The locks of one region as a small state machine: who holds which bytes, who waits in which order, and when something runs out.
/// </summary>
/// <remarks>
/// <para>Inputs come in between; <see cref="Step"/> then decides: it ends what ran out and grants what can be granted. Its host
/// writes the table to storage, sets the fences of what was granted at the memory's owners, and only then answers.</para>
/// <para>A request is granted when no holder excludes it on any of its bytes and nobody who asked earlier waits for any of them:
/// nobody overtakes, and disjoint requests do not wait for each other. It gets all of its ranges at once or none, so that
/// whoever waits holds nothing of what he waits for, and no circle of waiting can close.</para>
/// <para>A promise is never shortened: a holder's time counts from when its fence was acknowledged, from the arrival of its last
/// renewal, or, in a table that was loaded, from the loading. Renewals too have to be written: an older table that still
/// renews must fail on storage before this one lets the time run out.</para>
/// <para>Not thread-safe. Invariants: at most <c>slots</c> holders on any byte, exclusive ones alone; fences rise in the order of
/// grants and are never used again.</para>
/// <para>Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LockTable
{
    /// <summary>Most locks that may be held at once: what one FENCE can name.</summary>
    public const int HolderCountMax = 500;

    /// <summary>Most callers that may wait at once.</summary>
    public const int WaiterCountMax = 4_096;

    /// <summary>Most callers that are remembered to have given up before their request came.</summary>
    private const int GivenUpCountMax = 1_024;

    /// <summary>How long a waiting caller may leave its place without asking again.</summary>
    public static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(5);

    private readonly List<LockHolder> _holders = [];
    private readonly List<LockWaiter> _waiters = [];
    private readonly Dictionary<Guid, LockWaiter> _waiterById = [];
    private readonly HashSet<Guid> _givenUp = [];
    private readonly Queue<Guid> _givenUpInOrder = new();
    private bool _isChanged;

    /// <summary>Makes the table of a region without locks.</summary>
    /// <param name="lastFence">The highest fence that was ever given out.</param>
    public LockTable(ulong lastFence = 0) => LastFence = lastFence;

    /// <summary>The highest fence that was ever given out.</summary>
    public ulong LastFence { get; private set; }

    /// <summary>The locks that are held, in the order of their fences.</summary>
    public IReadOnlyList<LockHolder> Holders => _holders;

    /// <summary>How many callers wait.</summary>
    public int WaiterCount => _waiters.Count;

    /// <summary>When the table wants a step although nothing was put in.</summary>
    public Tick WakeAt
    {
        get
        {
            Tick at = Tick.Never;
            foreach (LockHolder holder in _holders) at = Tick.Min(at, holder.ExpiresAt);
            foreach (LockWaiter waiter in _waiters) at = Tick.Min(at, Tick.Min(waiter.Deadline, waiter.ForgottenAt));
            return at;
        }
    }

    /// <summary>Puts a lock back that storage lists. Its time begins anew.</summary>
    public void Load(LockRequest request, ulong fence, Tick now)
    {
        ArgumentNullException.ThrowIfNull(request);
        _holders.Add(new LockHolder(request, fence) { ExpiresAt = now + request.Duration });
        LastFence = Math.Max(LastFence, fence);
    }

    /// <summary>A caller asks for a lock, or goes on asking.</summary>
    /// <returns>
    /// Waiting; the answer comes with a step. Held, if it was granted before: its time begins anew once that is written, and its fence has to be set again.
    /// Or why it cannot be.
    /// </returns>
    public LockReply Ask(LockRequest request, Tick now)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Find(request.Id) is { } held)
        {
            Touch(held, now);
            return new LockReply(LockStatus.Held, held.Fence);
        }

        if (_waiterById.TryGetValue(request.Id, out LockWaiter? waiter))
        {
            waiter.Deadline = now + request.Wait;
            waiter.ForgottenAt = Tick.Never;
            return new LockReply(LockStatus.Waiting);
        }

        if (_givenUp.Remove(request.Id)) return new LockReply(LockStatus.TimedOut);
        if (SlotsThatDiffer(request, now) is { } slots) return new LockReply(LockStatus.SlotsDiffer, 0, slots);
        if (_waiters.Count == WaiterCountMax) return new LockReply(LockStatus.Full);
        waiter = new LockWaiter(request, now + request.Wait);
        _waiters.Add(waiter);
        _waiterById[request.Id] = waiter;
        return new LockReply(LockStatus.Waiting);
    }

    /// <summary>The open call of a waiting caller was answered; it is forgotten if it does not ask again.</summary>
    public void LetGo(Guid id, Tick now)
    {
        if (_waiterById.TryGetValue(id, out LockWaiter? waiter)) waiter.ForgottenAt = now + ForgetAfter;
    }

    /// <summary>Restarts the time of a lock. To be written before it is answered.</summary>
    public bool Renew(Guid id, Tick now)
    {
        if (Find(id) is not { } holder || holder.ExpiresAt <= now) return false;
        Touch(holder, now);
        return true;
    }

    /// <summary>Gives a lock back, or stops waiting for it.</summary>
    /// <param name="id">The request.</param>
    /// <param name="isByCaller">Whether its caller asks for nothing more under this id.</param>
    /// <returns>Whether it was held, or waited for.</returns>
    public bool Release(Guid id, bool isByCaller = true)
    {
        if (_waiterById.Remove(id, out LockWaiter? waiter)) return _waiters.Remove(waiter);
        if (Find(id) is not { } holder)
        {
            if (isByCaller) GiveUp(id);
            return false;
        }

        _isChanged = true;
        return _holders.Remove(holder);
    }

    /// <summary>
    /// A caller gave up what never came, or is over. If its request is still on its way, it must find out: nobody would give back what it got.
    /// </summary>
    private void GiveUp(Guid id)
    {
        if (!_givenUp.Add(id)) return;
        _givenUpInOrder.Enqueue(id);
        if (_givenUpInOrder.Count > GivenUpCountMax) _givenUp.Remove(_givenUpInOrder.Dequeue());
    }

    /// <summary>The region was deleted: its locks end.</summary>
    /// <returns>Who waited for one.</returns>
    public IReadOnlyList<Guid> End(Guid region)
    {
        _isChanged |= _holders.RemoveAll(holder => holder.Request.Region == region) > 0;
        Guid[] waited = [.. _waiters.Where(waiter => waiter.Request.Region == region).Select(waiter => waiter.Request.Id)];
        foreach (Guid id in waited) _waiterById.Remove(id);
        _waiters.RemoveAll(waiter => waiter.Request.Region == region);
        return waited;
    }

    /// <summary>Wants a write although nothing changed: storage takes it only from the table that is the newest.</summary>
    public void Confirm() => _isChanged = true;

    /// <summary>The fences of those who share bytes with a lock and were granted before it.</summary>
    public ulong[] EarlierOf(LockHolder holder)
    {
        ArgumentNullException.ThrowIfNull(holder);
        return [.. _holders.Where(other => other.Fence < holder.Fence && Meet(other.Request, holder.Request)).Select(other => other.Fence)];
    }

    /// <summary>The memory's owners have acknowledged a lock's fence: from now on its time runs.</summary>
    /// <returns>False when it was released meanwhile.</returns>
    public bool Fenced(LockHolder holder, Tick now)
    {
        ArgumentNullException.ThrowIfNull(holder);
        if (!_holders.Contains(holder)) return false;
        holder.ExpiresAt = now + holder.Request.Duration;
        return true;
    }

    /// <summary>The memory's owners know a higher fence than this table: what is granted from now on is above it.</summary>
    public void RaiseTo(ulong fence)
    {
        _isChanged |= fence > LastFence;
        LastFence = Math.Max(LastFence, fence);
    }

    /// <summary>Ends what ran out, and grants what can be granted.</summary>
    public LockChanges Step(Tick now)
    {
        List<LockHolder> expired = _holders.FindAll(holder => holder.ExpiresAt <= now);
        _isChanged |= _holders.RemoveAll(holder => holder.ExpiresAt <= now) > 0;
        List<LockHolder> granted = [];
        List<Guid> timedOut = [];
        List<LockWaiter> left = new(_waiters.Count);
        foreach (LockWaiter waiter in _waiters)
        {
            bool isInTime = waiter.Deadline > now && waiter.ForgottenAt > now;
            bool mayHave = isInTime || (waiter.IsNew && waiter.Request.Wait == TimeSpan.Zero);
            waiter.IsNew = false;
            if (mayHave && CanHold(waiter.Request) && !left.Exists(earlier => Meet(earlier.Request, waiter.Request)))
            {
                granted.Add(Grant(waiter.Request));
                _waiterById.Remove(waiter.Request.Id);
            }
            else if (isInTime)
            {
                left.Add(waiter);
            }
            else
            {
                timedOut.Add(waiter.Request.Id);
                _waiterById.Remove(waiter.Request.Id);
            }
        }

        _waiters.Clear();
        _waiters.AddRange(left);
        bool mustWrite = _isChanged;
        _isChanged = false;
        return new LockChanges(granted, timedOut, expired, mustWrite);
    }

    /// <summary>Walks the table and throws where an invariant does not hold. Slow.</summary>
    /// <exception cref="InvalidOperationException">One does not hold; the message says which.</exception>
    public void CheckIntegrity()
    {
        ulong last = 0;
        foreach (LockHolder holder in _holders)
        {
            ThrowUnless(holder.Fence > last && holder.Fence <= LastFence, "fences rise in the order of grants");
            last = holder.Fence;
            List<LockHolder> others = _holders.FindAll(other => other != holder && Meet(other.Request, holder.Request));
            if (holder.Request.Mode == LockMode.Exclusive) ThrowUnless(others.Count == 0, "an exclusive holder is alone on its bytes");
            else ThrowUnless(LockOverlaps.Deepest(holder.Request.Ranges, others) < holder.Request.Slots, "at most as many hold a byte as it has slots");
        }

        ThrowUnless(_waiters.Count == _waiterById.Count, "each waiter has one place");
    }

    private static void ThrowUnless(bool holds, string invariant)
    {
        if (!holds) throw new InvalidOperationException($"The lock table is broken: {invariant}.");
    }

    /// <summary>A region that was deleted and made anew under its name shares no byte with the former.</summary>
    private static bool Meet(LockRequest a, LockRequest b) => a.Region == b.Region && LockOverlaps.Any(a.Ranges, b.Ranges);

    private LockHolder? Find(Guid id) => _holders.Find(holder => holder.Request.Id == id);

    private void Touch(LockHolder holder, Tick now)
    {
        if (holder.ExpiresAt != Tick.Never) holder.ExpiresAt = now + holder.Request.Duration;
        _isChanged = true;
    }

    private bool CanHold(LockRequest request)
    {
        if (_holders.Count == HolderCountMax) return false;
        List<LockHolder> sharing = _holders.FindAll(holder => Meet(holder.Request, request));
        if (sharing.Count == 0) return true;
        if (request.Mode == LockMode.Exclusive || sharing.Exists(holder => holder.Request.Mode == LockMode.Exclusive)) return false;
        return sharing.TrueForAll(holder => holder.Request.Slots == request.Slots)
            && (sharing.Count < request.Slots || LockOverlaps.Deepest(request.Ranges, sharing) < request.Slots);
    }

    private LockHolder Grant(LockRequest request)
    {
        var holder = new LockHolder(request, ++LastFence) { ExpiresAt = Tick.Never };
        _holders.Add(holder);
        _isChanged = true;
        return holder;
    }

    /// <summary>The number of slots that somebody named who shares bytes with a request, if it is another.</summary>
    private int? SlotsThatDiffer(LockRequest request, Tick now)
    {
        if (request.Mode != LockMode.Shared) return null;
        IEnumerable<LockRequest> held = _holders.Where(holder => holder.ExpiresAt > now).Select(holder => holder.Request);
        return held.Concat(_waiters.Select(waiter => waiter.Request))
            .FirstOrDefault(other => other.Mode == LockMode.Shared && other.Slots != request.Slots && Meet(other, request))?.Slots;
    }
}
