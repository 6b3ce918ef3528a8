namespace OrleansPool.Client.Telemetry;

/// <summary>What is done to bytes, as telemetry tells it.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum PoolOperation
{
    /// <summary>Bytes are read.</summary>
    Read,

    /// <summary>Bytes are written, exchanged or added to.</summary>
    Write,
}
