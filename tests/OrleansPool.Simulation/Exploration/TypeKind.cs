namespace OrleansPool.Simulation.Exploration;

/// <summary>How a type counts in a fingerprint.</summary>
internal enum TypeKind : byte
{
    /// <summary>Not at all.</summary>
    Nothing,

    /// <summary>By its fields.</summary>
    Value,

    /// <summary>By its fields, and it does not change.</summary>
    Record,

    /// <summary>It has an identity: in full where it is met first.</summary>
    Object,
}
