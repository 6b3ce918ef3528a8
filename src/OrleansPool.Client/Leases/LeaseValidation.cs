using OrleansPool.Core.Arenas;

namespace OrleansPool.Client.Leases;

/// <summary>Checks the arguments of a lease, and says which limit was broken.</summary>
internal static class LeaseValidation
{
    public static void Validate(string pool, long bytes, LeaseOptions options)
    {
        PoolNames.ValidatePool(pool);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        if (options.Duration < LeaseOptions.DurationMin || options.Duration > LeaseOptions.DurationMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Duration, $"A lease's duration is from {LeaseOptions.DurationMin} to {LeaseOptions.DurationMax}; an open handle renews itself.");
        }

        ValidateOwner(options.Owner);
        if (!Enum.IsDefined(options.Fallback))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Fallback, "There is no such fallback.");
        }

        if (!Enum.IsDefined(options.Spill))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Spill, "There is no such choice about the spill file.");
        }

        if (options.WaitUpTo < TimeSpan.Zero || options.WaitUpTo > LeaseOptions.WaitMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.WaitUpTo, $"A request waits from zero (an error at once) to {LeaseOptions.WaitMax}.");
        }
    }

    public static void Validate(int blocks, ReservationOptions options)
    {
        if (blocks > BlockSizes.CountMax)
        {
            throw new ArgumentOutOfRangeException(nameof(blocks), blocks, $"A reservation has at most {BlockSizes.CountMax} blocks.");
        }

        if (!BlockSizes.IsValid(options.BlockBytes))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.BlockBytes, $"The size of a block is a power of two from {BlockSizes.BytesMin} to {BlockSizes.BytesMax} bytes.");
        }

        ValidateOwner(options.Owner);
    }

    private static void ValidateOwner(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (owner.Length > LeaseOptions.OwnerLengthMax)
        {
            throw new ArgumentException($"An owner label has at most {LeaseOptions.OwnerLengthMax} characters; this one has {owner.Length}.", nameof(owner));
        }
    }
}
