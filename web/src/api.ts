/** The words of both interfaces, under short names. Every type is made from the OpenAPI documents (`npm run types`); none is written here. */
import type { components } from '../types/edge-agent'
import type { components as hubComponents } from '../types/hub'

type Edge = components['schemas']
type Hub = hubComponents['schemas']

export type Snapshot = Edge['Snapshot']
export type Changes = Edge['Changes']
export type Site = Edge['SiteView']
export type Lane = Edge['LaneView']
export type Device = Edge['DeviceView']
export type Alarm = Edge['AlarmView']
export type AlarmCause = Edge['AlarmCause']
export type AlarmDecision = Edge['AlarmDecision']
export type Decision = Edge['DecisionView']
export type ClockAnswer = Edge['ClockAnswer']
export type ClockAnswers = Edge['ClockAnswers']
export type Reading = Edge['ReadingView']
export type Clock = Edge['ClockView']
export type VisitRow = Edge['VisitRow']
export type Visit = Edge['VisitView']
export type Consignment = Edge['ConsignmentView']
export type Screening = Edge['ScreeningView']
export type Hold = Edge['Hold']
export type JournalLine = Edge['JournalLine']
export type NoticeDraft = Edge['NoticeDraft']
export type Answer = Edge['Answer']
export type MissingRow = Edge['MissingRow']
export type Order = Edge['OrderKind']
export type Outcome = Edge['Outcome']
export type Secondary = Edge['Secondary']
export type PapersKind = Edge['PapersKind']
export type SealFinding = Edge['SealFinding']
export type Priority = Edge['Priority']
export type Stage = Edge['Stage']

export type Session = Edge['SessionView']
export type Officer = Edge['OfficerListed']
export type Hello = Edge['Hello']
export type Heartbeat = Edge['Heartbeat']
export type HubStatus = Edge['HubStatus']
export type Frame = Edge['Frame']
export type PortalFrame = Extract<Frame, { family: 'portal' }>
export type WeighbridgeFrame = Extract<Frame, { family: 'weighbridge' }>
export type Edition = Edge['EditionView']
export type Field = Edge['FieldView']
export type Flag = Edge['FlagView']
export type NoticeChecked = Edge['NoticeChecked']

export type Overview = Hub['Overview']
export type CheckpointCard = Hub['CheckpointCard']
export type HubAlarm = Hub['HubAlarm']
export type Arrival = Hub['Arrival']
/** The snapshot is the same projection as at the terminal. */
export type CheckpointPage = Omit<Hub['CheckpointPage'], 'snapshot'> & { snapshot: Snapshot }
