namespace OrleansPool.Core.Arenas;

/// <summary>The rules for the one capacity knob.</summary>
internal static class ArenaCapacity
{
    /// <summary>Checks the options against the machine.</summary>
    /// <returns>The capacity in whole pages, in bytes.</returns>
    public static long Validate(ArenaOptions options)
    {
        long asked = options.CapacityBytes;
        if (asked < Arena.PageBytes)
            throw new PoolConfigurationException($"A capacity of {asked} B is not possible: it must be at least one page of {Arena.PageBytes} B.");
        if (options.PrefaultThreads is < 0 or > ArenaOptions.PrefaultThreadsMax)
        {
            throw new PoolConfigurationException(
                $"{options.PrefaultThreads} prefault threads are not possible: it must be 0 (one per processor) to {ArenaOptions.PrefaultThreadsMax}.");
        }
        MachineMemory machine = options.Machine ?? MachineMemory.Read();
        if (asked > machine.AvailableBytes)
        {
            throw new PoolConfigurationException(
                $"A capacity of {asked} B is more than the {machine.AvailableBytes} B that this process may take ({machine.Source}). "
                + "Lower the capacity, or give the machine or the container more memory.");
        }
        return asked / Arena.PageBytes * Arena.PageBytes;
    }
}
