namespace OrleansPool.Server.Tests.Placement;

/// <summary>Tells where it was placed.</summary>
public interface IWhereGrain : IGrainWithStringKey
{
    Task<string> GetSiloAsync();
}
