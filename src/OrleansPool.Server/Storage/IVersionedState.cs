namespace OrleansPool.Server.Storage;

/// <summary>What a <see cref="VersionedStore{TState}"/> writes.</summary>
internal interface IVersionedState<out TSelf>
{
    /// <summary>Each write raises it. 0: nothing was written yet.</summary>
    long Version { get; }

    /// <summary>Who wrote this version: drawn anew for each write, so that a writer recognises its own.</summary>
    Guid Writer { get; }

    /// <summary>The same contents as a version later, of a new writer.</summary>
    TSelf Next();
}
