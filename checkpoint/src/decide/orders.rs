//! What officers order. An order that cannot be followed changes nothing and says why.

use super::Refusal;
use super::acts::Recording;
use super::draft::Draft;
use crate::event::Event;
use crate::input::{Order, OrderKind};

impl Draft<'_> {
    pub(super) fn ordered(&mut self, order: &Order) -> Result<(), Refusal> {
        match &order.kind {
            OrderKind::SignIn => {
                self.happened(Event::OfficerSignedIn);
                Ok(())
            }
            OrderKind::SignOut => {
                self.happened(Event::OfficerSignedOut);
                Ok(())
            }
            OrderKind::SilenceSound => {
                self.silence();
                Ok(())
            }
            OrderKind::AcknowledgeAlarm { alarm } => self.acknowledge(*alarm),
            OrderKind::DecideAlarm { alarm, decision } => {
                self.decide_alarm(&order.officer, *alarm, decision)
            }
            OrderKind::OpenVisit { lane, plate } => self.order_visit(lane, plate.as_deref()),
            OrderKind::IdentifyVehicle { visit, plate, country } => {
                self.identify(*visit, plate, country.as_deref())
            }
            OrderKind::AssignReading { reading, visit } => self.assign(*reading, *visit),
            OrderKind::RegisterNotice { visit, notice } => self.register_notice(*visit, notice),
            OrderKind::RecordPriorInformation { information } => self.record_prior(information),
            OrderKind::LinkPriorInformation { prior, visit } => self.order_link(*prior, *visit),
            OrderKind::UnlinkPriorInformation { prior } => self.order_unlink(*prior),
            OrderKind::WithdrawPriorInformation { prior, reason } => {
                self.withdraw_prior(*prior, reason)
            }
            OrderKind::ExpectSeals { visit, seals } => self.expect_seals(*visit, seals),
            OrderKind::InspectSeal { visit, seal, found } => {
                self.inspect_seal(*visit, seal, *found)
            }
            OrderKind::RecordTare { visit, tare, source } => {
                self.record_tare(*visit, *tare, source)
            }
            OrderKind::EndWeighing { device, outcome, reason } => {
                self.end_weighing(device, *outcome, reason)
            }
            OrderKind::PresentGoods { visit, consignments } => self.present(*visit, consignments),
            OrderKind::FilePapers { visit, consignment, papers, reference, content } => {
                self.file(*visit, *consignment, *papers, reference, content.as_deref())
            }
            OrderKind::RegisterPapers { visit, consignment, papers, number } => {
                self.register(*visit, *consignment, *papers, number)
            }
            OrderKind::RefusePapers { visit, consignment, papers, code, ground } => {
                self.refuse(*visit, *consignment, *papers, code.as_deref(), ground)
            }
            OrderKind::ReleaseGoods { visit, consignment, procedure } => {
                self.release(*visit, *consignment, *procedure)
            }
            OrderKind::RecordAct { about, act, as_of, answers, corrects } => self
                .record_act(&Recording { about, act, as_of: *as_of, answers, corrects: *corrects }),
            OrderKind::SplitConsignment { visit, consignment, parts, reason } => {
                self.split(*visit, *consignment, *parts, reason)
            }
            OrderKind::MergeConsignments { visit, consignments, reason } => {
                self.merge(*visit, consignments, reason)
            }
            OrderKind::PermitExit { visit } => self.permit_exit(*visit),
            OrderKind::RecordExit { visit } => self.record_exit(*visit),
            OrderKind::SetLaneControl { lane, control, reason } => {
                self.order_control(lane, *control, reason)
            }
            OrderKind::ApplyCalendar { text } => self.order_calendar(text),
            OrderKind::ApplyTimetable { text } => self.order_timetable(text),
        }
    }
}
