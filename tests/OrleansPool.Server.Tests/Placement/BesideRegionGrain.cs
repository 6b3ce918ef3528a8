using OrleansPool.Server.Placement;

namespace OrleansPool.Server.Tests.Placement;

[RegionPlacement]
public sealed class BesideRegionGrain(ILocalSiloDetails silo) : Grain, IBesideRegionGrain
{
    public Task<string> GetSiloAsync() => Task.FromResult(silo.SiloAddress.ToParsableString());
}
