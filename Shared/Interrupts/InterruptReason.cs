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
}
