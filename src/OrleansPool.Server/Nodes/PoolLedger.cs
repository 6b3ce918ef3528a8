using System.Runtime.InteropServices;

namespace OrleansPool.Server.Nodes;

/// <summary>
/// Who holds how much of one pool on this node, and whether there may be more: the one place where quotas are decided. Memory is
/// charged before it is taken and discharged once it can be taken again, so the sums never exceed a limit, not for a moment.
/// </summary>
/// <remarks>
/// Thread-safe: one short lock. Invariant: bytes = sum of the accounts' bytes, leases = sum of theirs; an account that neither
/// holds nor waits is gone. At most <see cref="OwnerCountMax"/> owners have an account of their own; the others share the one
/// without a label.
/// </remarks>
internal sealed class PoolLedger
{
    /// <summary>Most owners that are told apart. Fewer than a segment has numbers for labels, so that no segment forgets one.</summary>
    public const int OwnerCountMax = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private long _bytes;
    private long _leases;

    /// <summary>Bytes that are held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Leases that are held; one for each segment that a lease is in.</summary>
    public long Leases => Interlocked.Read(ref _leases);

    /// <summary>Owners that hold or wait.</summary>
    public int OwnerCount
    {
        get
        {
            lock (_lock) return _accounts.Count;
        }
    }

    /// <summary>Charges an owner, if no limit is exceeded by it.</summary>
    /// <param name="owner">The owner's label; what it is to be discharged under comes back in <paramref name="account"/>.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="leases">How many leases.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="account">The label that the charge stands under.</param>
    /// <param name="hit">The limit that refused it.</param>
    public bool TryCharge(string owner, long bytes, int leases, PoolLimits limits, out string account, out LimitHit hit)
    {
        lock (_lock)
        {
            account = AccountOf(owner);
            Account held = _accounts.GetValueOrDefault(account);
            hit = Check(held, bytes, leases, limits);
            if (hit.Limit != PoolLimit.None) return false;
            _accounts[account] = held with { Bytes = held.Bytes + bytes, Leases = held.Leases + leases };
            _bytes += bytes;
            _leases += leases;
            return true;
        }
    }

    /// <summary>Takes a charge back, in whole or in part.</summary>
    public void Discharge(string account, long bytes, int leases)
    {
        lock (_lock)
        {
            ref Account held = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, account, out _);
            held = held with { Bytes = held.Bytes - bytes, Leases = held.Leases - leases };
            if (held.Bytes < 0 || held.Leases < 0) throw new InvalidOperationException($"More was given back of '{account}' than it held.");
            _bytes -= bytes;
            _leases -= leases;
            if (held == default) _accounts.Remove(account);
        }
    }

    /// <summary>Counts an owner as waiting.</summary>
    /// <returns>The label that <see cref="EndWait"/> takes.</returns>
    public string BeginWait(string owner)
    {
        lock (_lock)
        {
            string account = AccountOf(owner);
            Account held = _accounts.GetValueOrDefault(account);
            _accounts[account] = held with { Waiters = held.Waiters + 1 };
            return account;
        }
    }

    /// <summary>Ends what <see cref="BeginWait"/> began.</summary>
    public void EndWait(string account)
    {
        lock (_lock)
        {
            Account held = _accounts[account];
            held = held with { Waiters = held.Waiters - 1 };
            if (held == default) _accounts.Remove(account);
            else _accounts[account] = held;
        }
    }

    /// <summary>Bytes that an owner holds.</summary>
    public long BytesOf(string account)
    {
        lock (_lock) return _accounts.GetValueOrDefault(account).Bytes;
    }

    private string AccountOf(string owner) =>
        _accounts.Count < OwnerCountMax || _accounts.ContainsKey(owner) ? owner : "";

    private LimitHit Check(in Account held, long bytes, int leases, PoolLimits limits)
    {
        if (bytes > limits.QuotaBytes - _bytes && bytes > 0) return new LimitHit(PoolLimit.PoolBytes, _bytes, limits.QuotaBytes);
        if (leases > limits.LeaseCountMax - _leases) return new LimitHit(PoolLimit.PoolLeases, _leases, limits.LeaseCountMax);
        if (bytes > limits.OwnerBytesMax - held.Bytes && bytes > 0) return new LimitHit(PoolLimit.OwnerBytes, held.Bytes, limits.OwnerBytesMax);
        return leases > limits.OwnerLeaseCountMax - held.Leases
            ? new LimitHit(PoolLimit.OwnerLeases, held.Leases, limits.OwnerLeaseCountMax)
            : default;
    }

    private readonly record struct Account(long Bytes, int Leases, int Waiters);
}
