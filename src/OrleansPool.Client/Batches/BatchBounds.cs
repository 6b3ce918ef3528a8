namespace OrleansPool.Client.Batches;

/// <summary>What all batches have in common: their bounds, and which errors belong to one item.</summary>
internal static class BatchBounds
{
    /// <summary>Most leases of one call to a node.</summary>
    public const int CallLeaseCountMax = 1000;

    public static void Validate<T>(IReadOnlyList<T> items, string name)
    {
        ArgumentNullException.ThrowIfNull(items, name);
        if (items.Count > IMemoryFabric.BatchCountMax)
        {
            throw new ArgumentException($"A batch has at most {IMemoryFabric.BatchCountMax} items; this one has {items.Count}. Cut it into several.", name);
        }
    }

    /// <summary>The error of an item that names nothing.</summary>
    public static ArgumentNullException Nothing(int item, string name) => new(name, $"Item {item} names no lease or region.");

    /// <summary>Whether an error is about the items at hand. Cancellation ends the whole batch.</summary>
    public static bool IsOfItem(Exception e) => e is not OperationCanceledException;

    /// <summary>Whether the memory's owner refused a right that a newer map may hold.</summary>
    public static bool IsRefusal(Exception e) => e is LeaseFencedException or LeaseExpiredException;
}
