namespace OrleansPool.Cli;

/// <summary>What the command's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The operation failed.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong.</summary>
    public const int Usage = 2;

    /// <summary>No silo answers.</summary>
    public const int NotConnected = 3;

    /// <summary>The pool is full.</summary>
    public const int Full = 4;

    /// <summary>Memory was lost with its node.</summary>
    public const int Lost = 5;

    /// <summary>Ctrl+C, as shells report it.</summary>
    public const int Cancelled = 130;

    public static int Of(Exception e) => e switch
    {
        OperationCanceledException => Cancelled,
        NotConnectedException => NotConnected,
        PoolExhaustedException or PoolQuotaExceededException => Full,
        PoolDataLossException => Lost,
        ArgumentException or FormatException => Usage,
        _ => Failed,
    };
}
