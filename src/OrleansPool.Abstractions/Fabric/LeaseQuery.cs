namespace OrleansPool;

/// <summary>Asks for the leases that stand out: the first few in some order, never all.</summary>
/// <param name="Order">Which come first.</param>
/// <param name="Count">How many at most, from 1 to <see cref="CountMax"/>.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseQuery")]
public readonly record struct LeaseQuery([property: Id(0)] LeaseOrder Order, [property: Id(1)] int Count)
{
    /// <summary>Most leases that one query may ask for.</summary>
    public const int CountMax = 1000;

    /// <summary>Throws unless the query is within its limits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is none, or the count is not from 1 to <see cref="CountMax"/>.</exception>
    public void Validate()
    {
        if (Order is not (LeaseOrder.Largest or LeaseOrder.Oldest))
        {
            throw new ArgumentOutOfRangeException(nameof(Order), Order, "The order is Largest or Oldest.");
        }

        if (Count is < 1 or > CountMax) throw new ArgumentOutOfRangeException(nameof(Count), Count, $"A listing has from 1 to {CountMax} leases.");
    }

    /// <summary>Puts leases of several places in the query's order, and keeps as many as it asks for.</summary>
    public LeaseInfo[] Merge(IEnumerable<LeaseInfo> leases)
    {
        IOrderedEnumerable<LeaseInfo> ordered = Order == LeaseOrder.Largest
            ? leases.OrderByDescending(lease => lease.Bytes).ThenByDescending(lease => lease.Age)
            : leases.OrderByDescending(lease => lease.Age).ThenByDescending(lease => lease.Bytes);
        return [.. ordered.Take(Count)];
    }
}
