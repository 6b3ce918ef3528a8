namespace OrleansPool.Client.Telemetry;

/// <summary>Which way an operation goes, as telemetry tells it.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum PoolPath
{
    /// <summary>The bytes are in this process.</summary>
    Local,

    /// <summary>The bytes are in this silo's block cache, and their owner has confirmed them.</summary>
    Cache,

    /// <summary>The bytes come from, or go to, another process.</summary>
    Remote,
}
