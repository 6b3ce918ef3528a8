namespace OrleansPool.Client.Telemetry;

/// <summary>What is done to bytes, as telemetry tells it.</summary>
public enum PoolOperation
{
    /// <summary>Bytes are read.</summary>
    Read,

    /// <summary>Bytes are written, exchanged or added to.</summary>
    Write,
}
