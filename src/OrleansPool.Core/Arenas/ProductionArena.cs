using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>The arena that silos run on: resident from the start, nothing between slices.</summary>
internal sealed class ProductionArena : Arena
{
    private ProductionArena(MemoryMapping mapping)
        : base(mapping, mapping.Bytes)
    {
    }

    public override bool IsDiagnostic => false;

    private protected override long MarginBytes => 0;

    public static ProductionArena Map(long capacityBytes, int prefaultThreads)
    {
        MemoryMapping mapping = MemoryMapping.Map(capacityBytes);
        try
        {
            mapping.Prefault(prefaultThreads > 0 ? prefaultThreads : Math.Min(Environment.ProcessorCount, ArenaOptions.PrefaultThreadsMax));
        }
        catch (PoolConfigurationException)
        {
            mapping.Unmap();
            throw;
        }
        return new ProductionArena(mapping);
    }

    public static ProductionArena OverFile(string path, long capacityBytes) => new(FileMapping.Create(path, capacityBytes));

    private protected override void OnCarved(long offset, long bytes)
    {
    }

    // The pages stay resident: dropping them would bring back the page faults that prefaulting paid for.
    private protected override unsafe void OnGivenBack(long offset, long bytes) =>
        NativeMemory.Clear(Mapping.Address + offset, checked((nuint)bytes));

    private protected override void OnDisposing()
    {
    }
}
