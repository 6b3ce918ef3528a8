namespace OrleansPool.Server.Tests;

/// <summary>From where a test uses the fabric: what it finds must be the same.</summary>
public enum Face
{
    /// <summary>Inside the first silo.</summary>
    Silo,

    /// <summary>A client outside of the cluster.</summary>
    Client,
}
