using OrleansPool.Server.Placement;

namespace OrleansPool.Server.Tests.Placement;

[PoolLoadPlacement]
public sealed class WhereMemoryIsFreeGrain(ILocalSiloDetails silo) : Grain, IWhereMemoryIsFreeGrain
{
    public Task<string> GetSiloAsync() => Task.FromResult(silo.SiloAddress.ToParsableString());
}
