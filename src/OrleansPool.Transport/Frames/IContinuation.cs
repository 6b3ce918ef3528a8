namespace OrleansPool.Transport.Frames;

/// <summary>Code of users that goes on after an answer.</summary>
internal interface IContinuation
{
    /// <summary>Runs it.</summary>
    /// <param name="isInline">Whether on this thread; else on one of the thread pool.</param>
    void Run(bool isInline);
}
