using OrleansPool.Core.Caching;
using OrleansPool.Grains;

namespace OrleansPool.Simulation.Exploration;

/// <summary>Waits for a fill.</summary>
internal sealed record ReadWaiter(int Number, List<(int Number, ulong Version)> Got) : IFillWaiter
{
    public void Filled(OperationStatus status, ulong version, ReadOnlySpan<byte> block)
    {
        if (status == OperationStatus.Ok) Got.Add((Number, version));
    }
}
