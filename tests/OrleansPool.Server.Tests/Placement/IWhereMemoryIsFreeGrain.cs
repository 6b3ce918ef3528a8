namespace OrleansPool.Server.Tests.Placement;

public interface IWhereMemoryIsFreeGrain : IWhereGrain;
