namespace ProcInterrupt.Messages;

/// <summary>The first element of a frame's array.</summary>
internal enum MessageType
{
    SetInterruptBuffer = 1,
    RunCode = 2,
    // 3 is kept for Invoke, which comes later.
    InputReply = 4,
    Complete = 5,
    IsComplete = 6,
    Reset = 7,
    Shutdown = 8,
    OutputCredit = 9,
    Terminate = 10,
    Diagnose = 11,
    Hello = 32,
    RunStarted = 33,
    Output = 34,
    Display = 35,
    Progress = 36,
    InputRequest = 37,
    InterruptTaken = 38,
    InterruptHandled = 39,
    RunCompleted = 40,
    ResetDone = 41,
    InterruptBufferSet = 42,
    Log = 43,
    IsCompleteAnswer = 44,
    CompleteAnswer = 45,
    InterruptDeferred = 46,
    DiagnosisAnswer = 47,
    BudgetExceeded = 48,
}
