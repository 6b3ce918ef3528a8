namespace OrleansPool.Benchmarks.Mixes;

/// <summary>What one operation of a mix does.</summary>
internal enum MixStep
{
    Read,
    Update,
    Insert,
    ReadModifyWrite,
}
