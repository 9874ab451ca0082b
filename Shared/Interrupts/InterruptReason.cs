namespace ProcInterrupt;

/// <summary>Why a run was interrupted; byte 1 of the interrupt word.</summary>
public enum InterruptReason : byte
{
    /// <summary>Somebody asked, or the writer gave no reason.</summary>
    User = 0,

    /// <summary>The run's deadline passed.</summary>
    Deadline = 1,

    /// <summary>The worker is being shut down.</summary>
    Shutdown = 2,

    /// <summary>The run printed more than its budget.</summary>
    Output = 3,

    /// <summary>The run used more memory than its budget.</summary>
    Memory = 4,

    /// <summary>The run used more processor time than its budget.</summary>
    Cpu = 5,

    /// <summary>The run took longer than its budget.</summary>
    WallTime = 6,

    /// <summary>The run started more processes than its budget.</summary>
    Processes = 7,

    /// <summary>The run started more threads than its budget.</summary>
    Threads = 8,

    /// <summary>The run wrote a file larger than its budget.</summary>
    FileSize = 9,
}
