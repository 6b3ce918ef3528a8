using OrleansPool.Client.Leases;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;

namespace OrleansPool.Client.Fabric;

/// <summary>What every handle of one fabric shares.</summary>
internal sealed class FabricContext
{
    public FabricContext(ISegmentPath path, INodeTopology topology, IGrainFactory grains, TimeProvider time)
    {
        Path = path;
        Grains = grains;
        Time = time;
        Access = new RangeAccess(path);
        Leases = new LeaseTaker(path, topology, time);
        Keeper = new LeaseKeeper(path, time);
    }

    public ISegmentPath Path { get; }

    public IGrainFactory Grains { get; }

    public TimeProvider Time { get; }

    public RangeAccess Access { get; }

    public LeaseTaker Leases { get; }

    public LeaseKeeper Keeper { get; }
}
