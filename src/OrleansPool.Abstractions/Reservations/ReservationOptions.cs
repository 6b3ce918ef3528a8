namespace OrleansPool;

/// <summary>How <see cref="IMemoryFabric.ReserveAsync"/> takes local memory.</summary>
public sealed class ReservationOptions
{
    /// <summary>Size of a block in bytes: a power of two from 64 B to 1 MiB. 4 KiB by default.</summary>
    public int BlockBytes { get; init; } = 4096;

    /// <summary>Names the user of the memory in reports; at most <see cref="LeaseOptions.OwnerLengthMax"/> characters.</summary>
    public string Owner { get; init; } = "";
}
