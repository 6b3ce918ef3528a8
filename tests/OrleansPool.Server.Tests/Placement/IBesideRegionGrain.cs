namespace OrleansPool.Server.Tests.Placement;

public interface IBesideRegionGrain : IWhereGrain;
